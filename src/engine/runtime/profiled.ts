import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { nativeOptions, runtime } from './node.ts'
import { quietOutput } from './quiet.ts'
import type { Feeds, SessionOptions } from './runtime.ts'
import type { TensorClass } from './tensors.ts'

/** One operator's execution, as ONNX Runtime's profile records it. */
export interface Execution {
  operator: string
  provider: string
  /** Of its kernel. */
  microseconds: number
}

interface ProfileEvent {
  cat: string
  name: string
  dur: number
  args?: { provider?: string; op_name?: string }
}

/**
 * What was executed in each of some runs of a graph on the same feeds, in a session of its own that records it.
 * @throws InterplayError `engine/device`
 */
export async function profiledRuns(
  model: Uint8Array,
  feeds: Feeds,
  options: SessionOptions,
  runs: number,
): Promise<Execution[][]> {
  await runtime.requireDevice(options.device ?? 'cpu')
  const folder = await mkdtemp(join(tmpdir(), 'interplay-profile-'))
  try {
    const session = await InferenceSession.create(model, {
      ...nativeOptions(options),
      enableProfiling: true,
      profileFilePrefix: join(folder, 'run'),
    })
    const tensors = session.inputNames.map(name => {
      const { dtype, data, dims } = feeds[name]!
      return [name, new (Tensor as TensorClass)(dtype, data, [...dims])] as const
    })
    const outputs = session.outputNames.filter(name => name !== quietOutput)
    for (let run = 0; run < runs; run++) await session.run(Object.fromEntries(tensors), outputs)
    session.endProfiling()
    await session.release()
    const [file] = await readdir(folder)
    return byRun(JSON.parse(await readFile(join(folder, file!), 'utf8')) as ProfileEvent[])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Each run's record stands after those of its operators. */
function byRun(events: readonly ProfileEvent[]): Execution[][] {
  const runs: Execution[][] = []
  let current: Execution[] = []
  for (const { cat, name, dur, args } of events) {
    if (name === 'model_run') {
      runs.push(current)
      current = []
    }
    if (cat === 'Node' && args?.op_name && args.provider)
      current.push({ operator: args.op_name, provider: args.provider, microseconds: dur })
  }
  return runs
}
