import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node'
import { InterplayError } from '../../errors/index.ts'
import { deviceNames, requireDeviceName } from './device-names.ts'
import { quietOutput, runQuietly } from './quiet.ts'
import { quietTestModel } from './quiet-test-model.ts'
import type { Device, PlatformRuntime, SessionOptions } from './runtime.ts'
import { reasonOf, RuntimeSession, type Execute } from './session.ts'
import { TensorPool, type TensorClass } from './tensors.ts'

// Every fault comes as an exception; without this ONNX Runtime prints it to standard error as well.
env.logLevel = 'fatal'

const pool = new TensorPool(Tensor as TensorClass)

/** ONNX Runtime's native build: CPU, and CUDA or WebGPU where the machine has them. */
export const runtime: PlatformRuntime = { name: 'node', createSession, requireDevice }

async function createSession(model: Uint8Array, options: SessionOptions = {}): Promise<RuntimeSession> {
  const session = await create(model, options)
  const quiet = session.outputNames[0] === quietOutput && (await quietWorks())
  return new RuntimeSession(session, pool, quiet ? preferQuiet(session) : plain(session))
}

async function create(model: Uint8Array, options: SessionOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, nativeOptions(options))
  } catch (error) {
    await requireDevice(options.device ?? 'cpu')
    throw new InterplayError('engine/graph', 'ONNX Runtime refuses the graph', { why: reasonOf(error), cause: error })
  }
}

/** The options as ONNX Runtime's native build takes them. */
export function nativeOptions(options: SessionOptions): InferenceSession.SessionOptions {
  const { device = 'cpu', threads, externalData } = options
  return {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    graphOptimizationLevel: options.optimization ?? 'basic',
    executionMode: 'sequential',
    interOpNumThreads: 1,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    ...(externalData && { externalData: [...externalData] }),
    extra: { session: { intra_op: { allow_spinning: options.spin ? '1' : '0' } } },
  }
}

const plain =
  (session: InferenceSession): Execute =>
  (feeds, fetches) =>
    session.run(feeds, fetches)

function preferQuiet(session: InferenceSession): Execute {
  const runPlainly = plain(session)
  return async (feeds, fetches) => {
    if (isWorthIt(fetches) && (await runQuietly(session, feeds, fetches))) return fetches
    return runPlainly(feeds, fetches)
  }
}

/** A rejection costs about as much as copying half a megabyte. */
const smallestQuiet = 2 ** 19

function isWorthIt(fetches: Record<string, Tensor | null>): fetches is Record<string, Tensor> {
  let bytes = 0
  for (const name in fetches) {
    const buffer = fetches[name]
    if (!buffer) return false
    bytes += (buffer.data as Float32Array).byteLength
  }
  return bytes >= smallestQuiet
}

let tested: Promise<boolean> | undefined

/** Quiet runs lean on undocumented behaviour: once per process they prove themselves on a small graph. */
function quietWorks(): Promise<boolean> {
  tested ??= testQuiet()
  return tested
}

async function testQuiet(): Promise<boolean> {
  const session = await create(quietTestModel(), { threads: 1 })
  const input = new Tensor('float32', Float32Array.of(1, 2, 3), [3])
  const output = new Tensor('float32', new Float32Array(3), [3])
  const quiet = await runQuietly(session, { x: input }, { y: output })
  await session.release()
  return quiet && [2, 4, 6].every((value, i) => output.data[i] === value)
}

async function requireDevice(device: Device): Promise<void> {
  if (device === 'cpu') return
  requireDeviceName(device)
  const cause = await faultOf(device)
  if (cause === undefined) return
  const present: string[] = []
  for (const { name } of listSupportedBackends()) {
    if (name in deviceNames && (await faultOf(name)) === undefined) present.push(name)
  }
  throw new InterplayError('engine/device', `no ${deviceNames[device]} provider here; present: ${present.join(', ')}`, {
    why: reasonOf(cause),
    try: '--device cpu',
    details: { device, present },
    cause,
  })
}

/** Why a provider makes no session, undefined where it does: the list of providers names also those without libraries. */
async function faultOf(device: string): Promise<unknown> {
  try {
    const session = await InferenceSession.create(quietTestModel(), { executionProviders: [device] })
    await session.release()
    return undefined
  } catch (error) {
    return error
  }
}
