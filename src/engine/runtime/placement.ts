import { profiledRuns } from './profiled.ts'
import type { Device, Feeds, SessionOptions } from './runtime.ts'

/** Operators that ran on one device, by name, with how many of them. */
export type Placement = Partial<Record<Device, Record<string, number>>>

const devices: Record<string, Device> = {
  CPUExecutionProvider: 'cpu',
  CUDAExecutionProvider: 'cuda',
  WebGpuExecutionProvider: 'webgpu',
}

/**
 * Where the operators of a graph run, from one profiled run on these feeds: those that fall to the processor although
 * another device was asked for stand under `cpu`. Copies between devices are counted where they run.
 * @throws InterplayError `engine/device`
 */
export async function placementOf(model: Uint8Array, feeds: Feeds, options: SessionOptions): Promise<Placement> {
  const [executions = []] = await profiledRuns(model, feeds, options, 1)
  const placement: Placement = {}
  for (const { operator, provider } of executions) {
    const device = devices[provider]
    if (!device) continue
    const counts = (placement[device] ??= {})
    counts[operator] = (counts[operator] ?? 0) + 1
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
