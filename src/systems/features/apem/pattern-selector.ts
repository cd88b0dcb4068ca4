import { concat, Parameter, type Tensor } from '../../../engine/index.ts'
import {
  entmax,
  fanInLinear,
  initializers,
  Linear,
  Module,
  MultilayerPerceptron,
  type Mode,
} from '../../../nn/index.ts'
import type { ApemOptions } from './options.ts'

/** Keys and values of the tokens, shared by all steps. */
export interface Offered {
  /** [B, tokens, d] */
  keys: Tensor
  values: Tensor
  /** Mean of the tokens, [B, d]. */
  mean: Tensor
}

/** What one step picks from the fields: patterns by its indicator, and the tower that answers. */
export class PatternSelector extends Module {
  /** u_t, [d]. */
  readonly indicator: Parameter
  readonly adapt?: Linear
  readonly transfer?: Linear
  readonly tower: MultilayerPerceptron

  constructor(
    private readonly step: number,
    outputs: number,
    private readonly options: ApemOptions,
  ) {
    super()
    const { embeddingDimension: width, indicator, transfer, patterns, selector, hidden, dropout } = options
    this.indicator = new Parameter([width], initializers.normal(0.5))
    if (indicator === 'adaptive') this.adapt = new Linear(width, width, { ...fanInLinear(width), bias: false })
    const heard = hidden.at(-1)
    if (step > 0 && transfer !== 'none' && heard !== undefined)
      this.transfer = new Linear(heard, width, { ...fanInLinear(heard), bias: false })
    const picked = selector === 'mean' ? 1 : patterns + 1
    this.tower = new MultilayerPerceptron(picked * width, hidden, { dropout, outputs })
  }

  /**
   * `seen` [B, d] is what the indicator adapts to, `patterns` [P, d] the parts of it that ask, `before` the last hidden layer of
   * the step before. Returns the answer [B, outputs] and the tower's hidden layer; the weights [B, P, tokens] are named.
   */
  forward(offered: Offered, seen: Tensor, patterns: Tensor, before: Tensor | undefined, mode: Mode) {
    const { selector, transfer } = this.options
    const { keys, values, mean } = offered
    let picked = mean
    if (selector !== 'mean') {
      const adapted = this.adapt ? this.indicator.add(this.adapt.forward(seen)) : mean.mul(0).add(this.indicator)
      const heard = before && this.transfer?.forward(transfer === 'stopped' ? before.stopGradient() : before)
      const indicator = heard ? adapted.add(heard) : adapted
      const width = keys.shape[2] as number
      const scores = indicator
        .unsqueeze(1)
        .mul(patterns)
        .matmul(keys, { transposeB: true })
        .mul(1 / Math.sqrt(width))
      const weighed = selector === 'sparsemax' ? entmax(scores, 2) : scores.softmax(-1)
      const weights = weighed.named(`patterns.${this.step}`)
      picked = concat([weights.matmul(values).flatten(), mean], 1)
    }
    const hidden = this.tower.hidden(picked, mode)
    return { answer: this.tower.output!.forward(hidden), hidden }
  }
}
