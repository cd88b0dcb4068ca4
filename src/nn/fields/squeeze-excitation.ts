import type { Tensor } from '../../engine/index.ts'
import { Linear } from '../layers/linear.ts'
import { Module } from '../module.ts'

/**
 * Weighs fields by what all of them are (Hu et al. 2018, over fields as in FiBiNET): a = sigmoid(W2 relu(W1 mean_d E)), and
 * 2 a E, which leaves the scale as it was at the start: [B, fields, d].
 */
export class SqueezeExcitation extends Module {
  readonly squeeze: Linear
  readonly excite: Linear

  constructor(fields: number) {
    super()
    const hidden = Math.max(1, Math.floor(fields / 2))
    this.squeeze = new Linear(fields, hidden)
    this.excite = new Linear(hidden, fields)
  }

  forward(vectors: Tensor): Tensor {
    const weights = this.excite.forward(this.squeeze.forward(vectors.mean(2)).relu()).sigmoid()
    return vectors.mul(weights.mul(2).unsqueeze(2))
  }
}
