import { Parameter, type Tensor } from '../../../engine/index.ts'
import { initializers, Linear, Module } from '../../../nn/index.ts'

/**
 * Two vectors interact in second order, head by head: w1 o1 + b1 + w2 o2 + b2 + sum_j o1_j^T W_j o2_j, with o1 and o2 cut
 * into `heads` chunks (paper section 3.3, equation 10). [B, n1], [B, n2] -> [B, outputs].
 */
export class BilinearFusion extends Module {
  readonly first: Linear
  readonly second: Linear
  /** [heads * (n1 / heads) * (n2 / heads), outputs]: head, then the first stream's unit, then the second's. */
  readonly bilinear: Parameter

  constructor(
    private readonly firstWidth: number,
    private readonly secondWidth: number,
    private readonly outputs: number,
    private readonly heads: number,
  ) {
    super()
    this.first = new Linear(firstWidth, outputs)
    this.second = new Linear(secondWidth, outputs)
    this.bilinear = new Parameter([(firstWidth * secondWidth) / heads, outputs], initializers.xavierNormal)
  }

  forward(o1: Tensor, o2: Tensor): Tensor {
    const parts = [this.first.forward(o1).named('stream.0'), this.second.forward(o2).named('stream.1')]
    return parts[0]!.add(parts[1]!).add(this.interaction(o1, o2))
  }

  /** The bilinear term alone, [B, outputs]. */
  interaction(o1: Tensor, o2: Tensor): Tensor {
    const { heads, outputs } = this
    const [n1, n2] = [this.firstWidth / heads, this.secondWidth / heads]
    const batch = o1.shape[0]!
    const rows = o1.reshape([batch, heads, n1]).transpose([1, 0, 2])
    const columns = o2.reshape([batch, heads, n2]).transpose([1, 0, 2])
    const mapped = rows.matmul(this.bilinear.reshape([heads, n1, n2 * outputs]))
    const products = mapped.reshape([heads, batch, n2, outputs]).mul(columns.unsqueeze(3))
    return products.sum([0, 2]).named('interaction')
  }
}
