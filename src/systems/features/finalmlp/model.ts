import type { Tensor } from '../../../engine/index.ts'
import {
  FieldEmbedding,
  Linear,
  MultilayerPerceptron,
  outputWidth,
  TableModel,
  type Activation,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { FeatureGate } from './feature-gate.ts'
import { BilinearFusion } from './fusion.ts'

export interface FinalMlpOptions {
  embeddingDimension: number
  firstHidden: number[]
  secondHidden: number[]
  firstDropout: number
  secondDropout: number
  activation: Activation
  batchNorm: boolean
  gating: boolean
  gateHidden: number[]
  firstContext: string[]
  secondContext: string[]
  /** How the streams meet: bilinear (FinalMLP), elementwise product, or only a sum of their outputs (DualMLP). */
  fusion: 'bilinear' | 'product' | 'sum'
  heads: number
}

/**
 * Two deep networks read differently gated views of a row; their outputs interact (Mao et al. 2023, section 3). Named on the
 * way: the gates `gate.0` and `gate.1`, [B or 1, fields * dimension], and the parts of the logit, `stream.0`, `stream.1` and
 * `interaction`, [B, outputs].
 */
export class FinalMlp extends TableModel {
  readonly embedding: FieldEmbedding
  readonly gates: FeatureGate[]
  readonly streams: MultilayerPerceptron[]
  readonly fusion?: BilinearFusion
  readonly product?: Linear

  constructor(spec: TableSpec, options: FinalMlpOptions) {
    super()
    const { embeddingDimension, activation, batchNorm, gating, gateHidden, fusion, heads } = options
    const inputs = spec.fields.length * embeddingDimension
    const outputs = outputWidth(spec)
    this.embedding = new FieldEmbedding(spec, embeddingDimension)
    const contexts = gating ? [options.firstContext, options.secondContext] : []
    this.gates = contexts.map(
      (context, s) =>
        new FeatureGate(
          spec,
          context,
          embeddingDimension,
          gateHidden,
          `gate.${s}`,
          s === 0 ? 'firstContext' : 'secondContext',
        ),
    )
    const stream = (hidden: number[], dropout: number) =>
      new MultilayerPerceptron(inputs, hidden, {
        activation,
        batchNorm,
        dropout,
        outputs: fusion === 'bilinear' ? undefined : outputs,
      })
    this.streams = [
      stream(options.firstHidden, options.firstDropout),
      stream(options.secondHidden, options.secondDropout),
    ]
    const [n1, n2] = [options.firstHidden.at(-1)!, options.secondHidden.at(-1)!]
    if (fusion === 'bilinear') this.fusion = new BilinearFusion(n1, n2, outputs, heads)
    if (fusion === 'product') this.product = new Linear(n1, outputs, { bias: false })
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const views = this.views(batch, mode)
    const [first, second] = this.streams.map((stream, s) => stream.hidden(views[s]!, mode)) as [Tensor, Tensor]
    if (this.fusion) return this.fusion.forward(first, second)
    const parts = [first, second].map((o, s) => this.streams[s]!.output!.forward(o).named(`stream.${s}`))
    const sum = parts[0]!.add(parts[1]!)
    return this.product ? sum.add(this.joined(first, second).named('interaction')) : sum
  }

  /** What each stream reads: [B, fields * dimension], gated. */
  views(batch: TableBatch, mode: Mode): Tensor[] {
    const x = this.embedding.forward(batch).flatten()
    return this.streams.map((_, s) => (this.gates[s] ? x.mul(this.gates[s].forward(batch, mode)) : x))
  }

  /** The term that joins the streams, bilinear in what their last layers answer: [B, outputs]. There is none with `sum`. */
  joined(first: Tensor, second: Tensor): Tensor {
    return this.fusion ? this.fusion.interaction(first, second) : this.product!.forward(first.mul(second))
  }
}
