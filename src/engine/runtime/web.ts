import type { InferenceSession } from 'onnxruntime-web'
import { InterplayError } from '../../errors/index.ts'
import { deviceNames, requireDeviceName } from './device-names.ts'
import type { Device, PlatformRuntime, SessionOptions } from './runtime.ts'
import { reasonOf, RuntimeSession, type Execute } from './session.ts'
import { TensorPool, type TensorClass } from './tensors.ts'

export interface WebRuntimeOptions {
  /** Folder or URL prefix that serves `ort-wasm-simd-threaded.{mjs,wasm}`; beside the bundle when absent. */
  wasmPaths?: string
  /**
   * WebAssembly threads, for all sessions of the page: fixed by the first one. More than 1 needs cross-origin isolation
   * (COOP `same-origin`, COEP `require-corp`).
   */
  threads?: number
}

type Library = typeof import('onnxruntime-web')

/**
 * ONNX Runtime as WebAssembly (or WebGPU), in browsers and, for tests of the same kernels, under Node. Preallocated
 * outputs are copied into: WebAssembly leaves them untouched.
 */
export function createWebRuntime({ wasmPaths, threads }: WebRuntimeOptions = {}): PlatformRuntime {
  return {
    name: 'web',
    async requireDevice(device) {
      if (device === 'cpu') return
      requireDeviceName(device)
      if (device !== 'webgpu' || !(await hasAdapter())) throw await noDevice(device)
    },
    async createSession(model, options = {}) {
      const device = options.device ?? 'cpu'
      await this.requireDevice(device)
      const library = await load(device)
      library.env.logLevel = 'fatal'
      if (wasmPaths !== undefined) library.env.wasm.wasmPaths = wasmPaths
      library.env.wasm.numThreads ??= threads ?? options.threads ?? 1
      const session = await create(library, model, device, options)
      return new RuntimeSession(session, new TensorPool(library.Tensor as TensorClass), copying(session))
    },
  }
}

export const runtime: PlatformRuntime = createWebRuntime()

const underNode = typeof process === 'object' && process.versions?.node !== undefined

/** Browsers offer the interface also where no adapter stands behind it. */
async function hasAdapter(): Promise<boolean> {
  const { gpu } = (typeof navigator === 'object' ? navigator : {}) as { gpu?: { requestAdapter(): Promise<unknown> } }
  return Boolean(await gpu?.requestAdapter().catch(() => null))
}

/** The smallest build that has the device: WebAssembly alone is 14 MB, with WebGPU 28. */
async function load(device: Device): Promise<Library> {
  if (device === 'webgpu') return import('onnxruntime-web/webgpu')
  return underNode ? import('onnxruntime-web') : import('onnxruntime-web/wasm')
}

async function noDevice(device: Device): Promise<InterplayError> {
  const present = (await hasAdapter()) ? ['cpu', 'webgpu'] : ['cpu']
  return new InterplayError(
    'engine/device',
    `no ${deviceNames[device]} provider here; present: ${present.join(', ')}`,
    {
      try: '--device cpu',
      details: { device, present },
    },
  )
}

async function create(library: Library, model: Uint8Array, device: Device, options: SessionOptions) {
  try {
    return await library.InferenceSession.create(model, {
      executionProviders: [device === 'cpu' ? 'wasm' : device],
      logSeverityLevel: 4,
      graphOptimizationLevel: options.optimization ?? 'basic',
      ...(options.externalData && { externalData: [...options.externalData] }),
    })
  } catch (error) {
    throw new InterplayError('engine/graph', 'ONNX Runtime refuses the graph', { why: reasonOf(error), cause: error })
  }
}

/** Milliseconds of runs after which other events of this thread get their turn. */
const turn = 50
let turned = performance.now()

/** A run never lets go of its thread: between runs a page must paint, and a worker hear that it is to stop. */
async function letEventsIn(): Promise<void> {
  if (performance.now() - turned < turn) return
  await new Promise(resolve => setTimeout(resolve))
  turned = performance.now()
}

function copying(session: InferenceSession): Execute {
  return async (feeds, fetches) => {
    await letEventsIn()
    const results = await session.run(feeds, Object.keys(fetches), { logSeverityLevel: 4 })
    for (const name in fetches) {
      const buffer = fetches[name]
      if (buffer) copyInto(name, buffer, results[name]!)
    }
    return results
  }
}

type Tensor = InferenceSession.OnnxValueMapType[string]

function copyInto(name: string, buffer: Tensor, result: Tensor): void {
  if (buffer.type !== result.type || buffer.dims.join() !== result.dims.join()) {
    const [given, got] = [buffer, result].map(({ type, dims }) => `${type} [${dims.join(', ')}]`)
    throw new InterplayError('engine/run', `output '${name}' is ${got}, its buffer ${given}`)
  }
  ;(buffer.data as Float32Array).set(result.data as Float32Array)
}
