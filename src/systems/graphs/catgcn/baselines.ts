import type { Tensor } from '../../../engine/index.ts'
import { Embedding, initializers, Linear, sparseProduct, propagate, type Mode } from '../../../nn/index.ts'
import { GraphModel, presence, type GraphBatch } from './model.ts'

/** The mean of a node's category vectors, which loses what pairs of them mean. */
abstract class MeanModel extends GraphModel {
  readonly embedding: Embedding

  constructor(size: number, width: number) {
    super()
    this.embedding = new Embedding(size, width, { initialize: initializers.normal(1), paddingRows: [0] })
  }

  /** [N, width] */
  protected mean(ids: Tensor): Tensor {
    const count = presence(ids).sum(1, { keep: true }).maximum(1)
    return this.embedding.forward(ids).sum(1).div(count)
  }
}

/** A linear map of smoothed means (Wu et al. 2019). */
export class SimpleGraphConvolution extends MeanModel {
  readonly output: Linear

  constructor(
    size: number,
    classes: number,
    width: number,
    private readonly rounds: number,
  ) {
    super(size, width)
    this.output = new Linear(width, classes)
  }

  forward({ ids, adjacency }: GraphBatch): Tensor {
    return this.output.forward(propagate(adjacency, this.mean(ids), this.rounds))
  }
}

/** Two graph convolutions on the means (Kipf and Welling 2017, equation 9). */
export class GraphConvolution extends MeanModel {
  readonly hidden: Linear
  readonly output: Linear

  constructor(
    size: number,
    classes: number,
    width: number,
    private readonly dropout: number,
  ) {
    super(size, width)
    this.hidden = new Linear(width, width)
    this.output = new Linear(width, classes)
  }

  forward({ ids, adjacency }: GraphBatch, mode: Mode): Tensor {
    const first = sparseProduct(adjacency, this.hidden.forward(this.mean(ids))).relu()
    return sparseProduct(adjacency, this.output.forward(mode.dropout(first, this.dropout)))
  }
}
