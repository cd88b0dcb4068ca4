import type { Tensor } from '../../../engine/index.ts'
import {
  Embedding,
  initializers,
  Module,
  MultilayerPerceptron,
  propagate,
  type Mode,
  type SparseMatrix,
} from '../../../nn/index.ts'
import { globalInteraction, type GlobalInteraction } from './global-interaction.ts'
import type { CatGcnOptions } from './options.ts'

/** A graph as a program is fed it: categories int32 [N, S] with 0 for none, and its normalised adjacency. */
export interface GraphBatch {
  ids: Tensor
  adjacency: SparseMatrix
}

/** A model that scores every class of every node at once. */
export abstract class GraphModel extends Module {
  /** Scores [N, classes]: logits of a softmax. */
  abstract forward(batch: GraphBatch, mode: Mode): Tensor
}

/** Where a node has a category: float [N, S]. */
export const presence = (ids: Tensor): Tensor => ids.greater(0).cast('float32')

/** sum_{p<q} E_p * E_q, elementwise: [N, S, D] -> [N, D]; absent categories are zero vectors. */
export const pooledPairs = (vectors: Tensor): Tensor => vectors.sum(1).square().sub(vectors.square().sum(1)).mul(0.5)

/** Pairs of a node's categories, pooled and read by a perceptron. */
class LocalInteraction extends Module {
  readonly mlp: MultilayerPerceptron

  constructor({ embeddingDimension, localHidden, dropout }: CatGcnOptions, classes: number) {
    super()
    this.mlp = new MultilayerPerceptron(embeddingDimension, localHidden, { outputs: classes, dropout })
  }

  forward(vectors: Tensor, mode: Mode): Tensor {
    return this.mlp.forward(pooledPairs(vectors), mode)
  }
}

/**
 * Categories interact inside each node before the graph is looked at; scores are then smoothed over neighbours
 * (Chen et al. 2023, sections 3.2 to 3.4).
 */
export class CatGcn extends GraphModel {
  readonly embedding: Embedding
  readonly global?: GlobalInteraction
  readonly local?: LocalInteraction

  constructor(
    /** Categories there are, padding included. */
    readonly size: number,
    readonly classes: number,
    readonly options: CatGcnOptions,
  ) {
    super()
    this.embedding = new Embedding(size, options.embeddingDimension, {
      initialize: initializers.normal(1),
      paddingRows: [0],
    })
    this.global = globalInteraction(options, classes)
    if (options.localInteraction) this.local = new LocalInteraction(options, classes)
  }

  forward({ ids, adjacency }: GraphBatch, mode: Mode): Tensor {
    const { rounds, teleport } = this.options
    return propagate(adjacency, this.scores(ids, mode), rounds, teleport)
  }

  /** Each node's scores before any neighbour is heard: [N, classes]. */
  scores(ids: Tensor, mode: Mode): Tensor {
    const { balance } = this.options
    const vectors = this.embedding.forward(ids)
    const global = this.global?.forward(vectors, presence(ids), mode).named('global')
    const local = this.local?.forward(vectors, mode).named('local')
    if (!global || !local) return (global ?? local)!
    return global.mul(balance).add(local.mul(1 - balance))
  }
}
