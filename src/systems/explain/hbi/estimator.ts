import { Parameter, type Tensor } from '../../../engine/index.ts'
import { Convolution, initializers, Module, multiHeadAttention } from '../../../nn/index.ts'

/**
 * Banzhaf interactions of a map of cosines, estimated: [items, words, frames] to the same. Cells see their neighbours, then
 * each other.
 */
export class InteractionEstimator extends Module {
  readonly expand: Convolution
  readonly reduce: Convolution
  /** [planes, planes], from the left: cells times these. */
  readonly query: Parameter
  readonly key: Parameter
  readonly value: Parameter

  constructor(private readonly planes = 64) {
    super()
    this.expand = new Convolution(1, planes, [3, 3], { padding: 1 })
    this.reduce = new Convolution(planes, 1, [3, 3], { padding: 1 })
    ;[this.query, this.key, this.value] = [0, 1, 2].map(
      () => new Parameter([planes, planes], initializers.uniform(1.414 * Math.sqrt(3 / planes))),
    ) as [Parameter, Parameter, Parameter]
  }

  forward(map: Tensor): Tensor {
    const [items, words, frames] = map.shape as [number, number, number]
    const planes = this.expand.forward(map.unsqueeze(1)).relu()
    const cells = planes.reshape([items, this.planes, words * frames]).transpose([0, 2, 1])
    const [queries, keys, values] = [this.query, this.key, this.value].map(weight => cells.matmul(weight))
    const attended = multiHeadAttention(queries!, keys!, values!, { heads: 1, scale: 1 })
    const back = attended.transpose([0, 2, 1]).reshape([items, this.planes, words, frames])
    return this.reduce.forward(planes.add(back)).squeeze(1)
  }
}
