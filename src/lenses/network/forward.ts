import { compile, float64, type HostTensor, type TensorType } from '../../engine/index.ts'
import type { Dense } from '../../linear-algebra/index.ts'
import type { Network, NetworkData } from '../../system/index.ts'
import type { NodeLayer } from './layers.ts'
import { traceSection } from './section.ts'
import { hostOf, withOne } from './sent.ts'

/** The section between two layers, run from directions of the first to directions of the second. */
export class SectionForward implements AsyncDisposable {
  private readonly program

  constructor(network: Network, from: NodeLayer, to: NodeLayer, threads: number) {
    this.program = compile({
      inputs: {
        ...network.inputs,
        'section.sent': float64([...from.leading, 'section.sources']),
        'section.back': float64(['section.sources', from.width + 1]),
        'section.out': float64([to.width + 1, 'section.directions']),
      } as Record<string, TensorType>,
      state: network.state,
      threads,
      trace: leaves => {
        const features = leaves['section.sent']!.matmul(leaves['section.back']!).slice(-1, 0, from.width)
        const y = traceSection(network, leaves, from, to, features.cast(from.dtype))
        return { outputs: { received: withOne(y).matmul(leaves['section.out']!) } }
      },
    })
  }

  /** `sent` [rows, (positions,) sources] through `back` [sources, features + 1] and `out` [features + 1, directions]. */
  async run(examples: NetworkData, sent: HostTensor, { back, out }: { back: Dense; out: Dense }): Promise<HostTensor> {
    const feeds = { ...examples.inputs, 'section.sent': sent, 'section.back': hostOf(back), 'section.out': hostOf(out) }
    return (await this.program.run(feeds)).received!
  }

  close(): Promise<void> {
    return this.program.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
