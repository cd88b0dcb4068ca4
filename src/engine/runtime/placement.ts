import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { nativeOptions, runtime } from './node.ts'
import { quietOutput } from './quiet.ts'
import type { Device, Feeds, SessionOptions } from './runtime.ts'
import type { TensorClass } from './tensors.ts'

/** Operators that ran on one device, by name, with how many of them. */
export type Placement = Partial<Record<Device, Record<string, number>>>

const devices: Record<string, Device> = {
  CPUExecutionProvider: 'cpu',
  CUDAExecutionProvider: 'cuda',
  WebGpuExecutionProvider: 'webgpu',
}

interface ProfileEvent {
  cat: string
  args?: { provider?: string; op_name?: string; node_index?: string }
}

/**
 * Where the operators of a graph run, from one profiled run on these feeds: those that fall to the processor although
 * another device was asked for stand under `cpu`. Copies between devices are counted where they run.
 * @throws InterplayError `engine/device`
 */
export async function placementOf(model: Uint8Array, feeds: Feeds, options: SessionOptions): Promise<Placement> {
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
    await session.run(
      Object.fromEntries(tensors),
      session.outputNames.filter(name => name !== quietOutput),
    )
    session.endProfiling()
    await session.release()
    const [file] = await readdir(folder)
    return countedBy(JSON.parse(await readFile(join(folder, file!), 'utf8')) as ProfileEvent[])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function countedBy(events: readonly ProfileEvent[]): Placement {
  const placement: Placement = {}
  for (const { cat, args } of events) {
    const device = cat === 'Node' ? devices[args?.provider ?? ''] : undefined
    if (!device || !args?.op_name) continue
    const counts = (placement[device] ??= {})
    counts[args.op_name] = (counts[args.op_name] ?? 0) + 1
  }
  return placement
}

/** `2 of 45 operators run on the processor: Gather (2)`; undefined where none does. */
export function onProcessor({ cpu = {}, ...others }: Placement): string | undefined {
  const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (total(cpu) === 0) return undefined
  const all = total(cpu) + Object.values(others).reduce((sum, counts) => sum + total(counts), 0)
  const named = Object.entries(cpu).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return `${total(cpu)} of ${all} operators run on the processor: ${named.map(([name, count]) => `${name} (${count})`).join(', ')}`
}
