import { constant, type Tensor } from '../../../engine/index.ts'
import { Convolution, LayerNorm, Linear, Module, multiHeadAttention } from '../../../nn/index.ts'
import { maskBias, type Side } from './similarity.ts'

export interface MergeOptions {
  /** Clusters a token, rounded up. */
  ratio: number
  heads: number
}

/** Neighbours that a density is taken over. */
const neighbours = 3

/**
 * Tokens to clusters (Zeng et al. 2022): a convolution over neighbours, clusters about tokens that lie dense and far from
 * denser ones, each the mean of its members by their scores, which then attend to all tokens.
 */
export class TokenMerge extends Module {
  readonly mix: Convolution
  readonly mixNorm: LayerNorm
  readonly score: Linear
  readonly norm: LayerNorm
  readonly query: Linear
  readonly keyValue: Linear
  readonly output: Linear
  readonly clusters: number
  private readonly width: number
  private readonly heads: number

  constructor(width: number, tokens: number, { ratio, heads }: MergeOptions) {
    super()
    this.clusters = Math.max(1, Math.ceil(tokens * ratio))
    this.width = width
    this.heads = heads
    this.mix = new Convolution(width, width, [3], { padding: 1, bias: false })
    this.mixNorm = new LayerNorm(width)
    this.score = new Linear(width, 1)
    this.norm = new LayerNorm(width)
    this.query = new Linear(width, width)
    this.keyValue = new Linear(width, 2 * width)
    this.output = new Linear(width, width)
  }

  /** [items, tokens, width] to [items, clusters, width]; `assignment` [items, clusters, tokens] is 1 for members. */
  forward({ tokens, mask }: Side): { merged: Tensor; assignment: Tensor } {
    const mixed = tokens.add(this.mix.forward(tokens.transpose([0, 2, 1])).transpose([0, 2, 1]))
    const x = this.mixNorm.forward(mixed)
    const scores = this.score.forward(x).squeeze(-1)
    const weights = mask ? scores.exp().mul(mask) : scores.exp()
    const assignment = clusterTokens(x.stopGradient(), this.clusters, mask).stopGradient()
    const shares = assignment.mul(weights.unsqueeze(1))
    const merged = shares.div(shares.sum(-1, { keep: true }).add(1e-6)).matmul(x)
    const [keys, values] = this.keyValue.forward(this.norm.forward(x)).split([this.width, this.width], -1)
    const bias = (mask ? scores.add(maskBias(mask)) : scores).unsqueeze([1, 2])
    const attended = multiHeadAttention(this.query.forward(this.norm.forward(merged)), keys!, values!, {
      heads: this.heads,
      bias,
    })
    return { merged: merged.add(this.output.forward(attended)), assignment }
  }
}

/**
 * Density peaks over nearest neighbours (Du et al. 2016): [items, clusters, tokens]. Of equally dense tokens the first is the
 * denser one. Padding is farther than any token, of no density, and belongs to some cluster without weight.
 */
export function clusterTokens(x: Tensor, clusters: number, mask?: Tensor): Tensor {
  const [, tokens, width] = x.shape as [number, number, number]
  const own = x
    .squaredDistances(x)
    .sqrt()
    .mul(1 / Math.sqrt(width))
  const distances = mask ? apart(own, mask) : own
  const near = distances.topK(Math.min(neighbours, tokens), -1, { largest: false }).values
  const open = near.square().mean(-1).neg().exp()
  const density = mask ? open.mul(mask) : open
  const [ofOne, ofOther] = [density.unsqueeze(2), density.unsqueeze(1)]
  const earlier = constant(
    Array.from({ length: tokens ** 2 }, (_, at) => Number(at % tokens < Math.floor(at / tokens))),
    [tokens, tokens],
  ).greater(0)
  const denser = ofOther.greater(ofOne).logicalOr(ofOther.equal(ofOne).logicalAnd(earlier))
  const farthest = distances.max([1, 2], { keep: true })
  const toDenser = denser.where(distances, distances.mul(0).add(farthest)).min(-1)
  const centres = toDenser.mul(density).topK(clusters).indices.cast('int32').oneHot(tokens)
  const nearest = centres.matmul(distances).argMin(1).cast('int32').oneHot(clusters).transpose([0, 2, 1])
  const isCentre = centres.sum(1, { keep: true })
  return nearest.mul(isCentre.neg().add(1)).add(centres)
}

/** Columns of padding lie one farther than the farthest. */
function apart(distances: Tensor, mask: Tensor): Tensor {
  const column = mask.unsqueeze(1)
  const beyond = distances.max([1, 2], { keep: true }).add(1)
  return distances.mul(column).add(beyond.mul(column.neg().add(1)))
}
