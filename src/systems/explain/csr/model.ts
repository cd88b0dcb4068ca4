import { concat, constant, Parameter, type Tensor } from '../../../engine/index.ts'
import {
  BatchNorm,
  Convolution,
  fanInLinear,
  initializers,
  LayerNorm,
  Linear,
  Module,
  softmaxCrossEntropy,
  unit,
  VggFeatures,
  type Mode,
} from '../../../nn/index.ts'

export interface MapSize {
  channels: number
  height: number
  width: number
}

/**
 * Stage A: features of an image and a map of each of `outputs`, whose mean is its logit. With concepts as outputs these are
 * the concept activation maps; with classes, the maps of a plain classifier.
 */
export class ActivationMaps extends Module {
  readonly features: VggFeatures
  readonly maps: Convolution

  constructor({ channels }: MapSize, outputs: number, stages: readonly (readonly number[])[]) {
    super()
    this.features = new VggFeatures({ channels, stages, poolLast: false })
    this.maps = new Convolution(this.features.width, outputs, [1, 1], { bias: false })
  }

  /** Features [B, C, h, w] and maps [B, outputs, h, w]. */
  forward(images: Tensor, mode: Mode): { features: Tensor; maps: Tensor } {
    const features = this.features.forward(images, mode)
    return { features, maps: this.maps.forward(features) }
  }
}

/** v_k = sum_hw softmax_hw(map_k) f: what the image shows where it shows each concept, [B, K, C]. */
export function localVectors(features: Tensor, maps: Tensor): Tensor {
  const [, channels, rows, columns] = features.shape as readonly number[]
  const places = rows! * columns!
  const weights = maps.reshape(['batch', maps.shape[1]!, places]).softmax(-1)
  return weights.matmul(features.reshape(['batch', channels!, places]).transpose([0, 2, 1]))
}

/** One residual step of a projector over the last axis of [N, h, w, D]. */
class ProjectorLayer extends Module {
  readonly linear: Linear
  readonly norm: LayerNorm | BatchNorm

  constructor(width: number, norm: 'layer' | 'batch') {
    super()
    this.linear = new Linear(width, width, fanInLinear(width))
    this.norm = norm === 'layer' ? new LayerNorm(width) : new BatchNorm(width)
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return x.add(this.normalized(this.linear.forward(x), mode).relu())
  }

  private normalized(z: Tensor, mode: Mode): Tensor {
    if (this.norm instanceof LayerNorm) return this.norm.forward(z)
    return this.norm.forward(z.transpose([0, 3, 1, 2]), mode).transpose([0, 2, 3, 1])
  }
}

const projectorLayers = 3

/** P: features of places [N, h, w, C] to unit vectors [N, h, w, D]. */
export class Projector extends Module {
  readonly input: Linear
  readonly layers: ProjectorLayer[]

  constructor(inputs: number, width: number, norm: 'layer' | 'batch') {
    super()
    this.input = new Linear(inputs, width, fanInLinear(inputs))
    this.layers = Array.from({ length: projectorLayers }, () => new ProjectorLayer(width, norm))
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return unit(this.layers.reduce((h, layer) => layer.forward(h, mode), this.input.forward(x)))
  }

  /** Vectors [N, C] to [N, D]. */
  forwardVectors(x: Tensor, mode: Mode): Tensor {
    return this.forward(x.unsqueeze([1, 2]), mode).squeeze([1, 2])
  }
}

export interface PrototypeLossOptions {
  /** lambda, of the concepts against each other. */
  scale: number
  /** gamma, of the prototypes of a concept: the greater, the nearer to their maximum. */
  sharpness: number
  /** delta, by which a vector must be nearer to its own concept. */
  margin: number
}

/**
 * Mean of -log(e^(lambda (sim_k - delta)) / (e^(lambda (sim_k - delta)) + sum_{j != k} e^(lambda sim_j))), with
 * sim_k(v) = sum_m softmax_m(gamma <p_km, v>) <p_km, v> (SoftTriple, Qian et al. 2019): unit vectors [N, D] of `concepts`
 * [N], unit prototypes [P, D] of the concepts that own them.
 */
export function prototypeLoss(
  vectors: Tensor,
  concepts: Tensor,
  prototypes: Tensor,
  owners: readonly number[],
  { scale, sharpness, margin }: PrototypeLossOptions,
): Tensor {
  const similarities = conceptSimilarities(vectors, prototypes, owners, sharpness)
  const own = concepts.cast('int32').oneHot(similarities.shape[1] as number, similarities.dtype)
  return softmaxCrossEntropy(similarities.sub(own.mul(margin)).mul(scale), concepts)
}

/** sim_k of each vector and concept, [N, K]. */
export function conceptSimilarities(
  vectors: Tensor,
  prototypes: Tensor,
  owners: readonly number[],
  sharpness: number,
): Tensor {
  const all = vectors.matmul(prototypes, { transposeB: true })
  const concepts = Array.from({ length: Math.max(...owners) + 1 }, (_, k) =>
    Int32Array.from(owners.flatMap((owner, p) => (owner === k ? [p] : []))),
  )
  return concat(
    concepts.map(own => {
      const similarities = all.gather(constant(own, [own.length]), 1)
      return similarities.mul(sharpness).softmax(-1).mul(similarities).sum(-1, { keep: true })
    }),
    1,
  )
}

export interface PrototypeNetworkOptions {
  stages: readonly (readonly number[])[]
  width: number
  norm: 'layer' | 'batch'
}

/** Concept-based similarity reasoning (Huy et al. 2025): classes from the best match of each prototype among all places. */
export class PrototypeNetwork extends Module {
  readonly activation: ActivationMaps
  readonly projector: Projector
  /** [P, D], of any length. */
  readonly prototypes: Parameter
  readonly head: Linear

  constructor(
    size: MapSize & { concepts: number; classes: number },
    /** The concept of each prototype. */
    readonly owners: readonly number[],
    { stages, width, norm }: PrototypeNetworkOptions,
  ) {
    super()
    this.activation = new ActivationMaps(size, size.concepts, stages)
    this.projector = new Projector(this.activation.features.width, width, norm)
    this.prototypes = new Parameter([owners.length, width], initializers.normal(1))
    this.head = new Linear(owners.length, size.classes, fanInLinear(owners.length))
  }

  /** Cosines of every prototype and place, [B, P, h, w]. */
  similarities(features: Tensor, mode: Mode): Tensor {
    const places = this.projector.forward(features.transpose([0, 2, 3, 1]), mode)
    return places.matmul(unit(this.prototypes).transpose([1, 0])).transpose([0, 3, 1, 2])
  }

  /** Logits of the concepts [B, K], similarity maps [B, P, h, w], their maxima [B, P], and logits of the classes. */
  forward(images: Tensor, mode: Mode): { concepts: Tensor; maps: Tensor; scores: Tensor; logits: Tensor } {
    const { features, maps: activation } = this.activation.forward(images, mode)
    const maps = this.similarities(features, mode)
    const scores = maps.max([2, 3])
    return { concepts: activation.mean([2, 3]), maps, scores, logits: this.head.forward(scores) }
  }
}
