import type { Tensor } from '../../../engine/index.ts'
import { LowRankAdapter, Module, withAdapters, type Adapter, type AdapterHost } from '../../../nn/index.ts'

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

  /** `scale` is one for all rows, or [B]. */
  on(scale: Tensor | number): ReadonlyMap<Module, Adapter> {
    const hosts = [...this.hosts.values()]
    return new Map(
      hosts.map((host, i) => [host as Module, (x: Tensor, y: Tensor) => this.layers[i]!.forward(x, y, scale)]),
    )
  }
}

/** Traces with several networks of adapters on: a host's answer is W x plus the sum of what each adds. */
export const wearing = <T>(
  networks: readonly { network: AdapterNetwork; scale: Tensor | number }[],
  trace: () => T,
): T =>
  networks.reduce<() => T>(
    (inner, { network, scale }) =>
      () =>
        withAdapters(network.on(scale), inner),
    trace,
  )()
