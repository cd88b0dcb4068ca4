import type { Tensor } from '../../../engine/index.ts'
import {
  LowRankAdapter,
  Module,
  withAdapters,
  withLowRanks,
  type Adapter,
  type AdapterHost,
  type ScaledAdapter,
} from '../../../nn/index.ts'

/** A low-rank adapter on every host. */
export class AdapterNetwork extends Module {
  readonly layers: LowRankAdapter[]

  constructor(
    readonly hosts: ReadonlyMap<string, AdapterHost>,
    rank = 1,
    alpha = rank,
  ) {
    super()
    this.layers = [...hosts.values()].map(host => new LowRankAdapter(host, rank, alpha))
  }

  /** Each layer under the name that files have for its host. */
  named(): [name: string, layer: LowRankAdapter][] {
    return [...this.hosts.keys()].map((name, i) => [name, this.layers[i]!])
  }
}

/** A network of adapters, and how much it acts: one number for all rows, or [B], one a row. */
export interface WornNetwork {
  network: AdapterNetwork
  scale: Tensor | number
}

/** Traces with several networks of adapters on: a host's answer is W x plus the sum of what each adds. */
export function wearing<T>(networks: readonly WornNetwork[], trace: () => T): T {
  const parts = new Map<AdapterHost, ScaledAdapter[]>()
  for (const { network, scale } of networks) {
    ;[...network.hosts.values()].forEach((host, i) => {
      const own = { adapter: network.layers[i]!, scale }
      parts.set(host, [...(parts.get(host) ?? []), own])
    })
  }
  const adapters = [...parts].map(([host, own]): [Module, Adapter] => [host, (x, y) => withLowRanks(x, y, own)])
  return withAdapters(new Map(adapters), trace)
}
