import { concat, type Tensor } from '../../../../engine/index.ts'
import { Convolution, Module } from '../../../../nn/index.ts'
import { PositionHough, ScaleHough } from './hough-layers.ts'

const scales = [0.5, 1, 2]

/**
 * Convolutional Hough matching (Min and Cho 2021): features of two images, [B, channels, side, side] each, to votes for
 * every cell of one lying on every cell of the other, [B, (2 side)^2, (2 side)^2], greatest where both choose each other.
 */
export class HoughMatching extends Module {
  readonly scales: Convolution[]
  readonly byScale = new ScaleHough()
  readonly byPosition = new PositionHough()

  constructor(channels: number) {
    super()
    const width = Math.floor(channels / 4)
    this.scales = scales.map(() => new Convolution(channels, width, [3, 3], { padding: 1, bias: false }))
  }

  forward(source: Tensor, target: Tensor): Tensor {
    const side = source.shape[2] as number
    const [from, to] = [this.atScales(source, side), this.atScales(target, side)]
    const pairs = from.flatMap(a => to.map(b => atSide(correlation(a, b), side)))
    const correlations = concat(pairs, 1).relu()
    const votes = this.byScale.forward(correlations).sigmoid().max(1, { keep: true })
    const finer = this.byPosition.forward(atSide(votes, 2 * side)).softplus()
    const cells = (2 * side) ** 2
    return mutual(finer.reshape([source.shape[0]!, cells, cells]))
  }

  private atScales(features: Tensor, side: number): Tensor[] {
    return this.scales.map((mix, k) => {
      const scaled = features.resize(Math.round(side * Math.sqrt(scales[k]!)), { corners: 'alignCorners' })
      return mix.forward(scaled)
    })
  }
}

/** Cosines [B, 1, a, a, b, b] of all cells of [B, channels, a, a] with all of [B, channels, b, b]. */
function correlation(a: Tensor, b: Tensor): Tensor {
  const [batch, channels, own] = a.shape as [number, number, number]
  const other = b.shape[2] as number
  const unit = (x: Tensor, side: number) => {
    const cells = x.reshape([batch, channels, side * side])
    return cells.div(cells.sumSquares(1, { keep: true }).add(1e-12).sqrt())
  }
  const products = unit(a, own).matmul(unit(b, other), { transposeA: true })
  return products.reshape([batch, 1, own, own, other, other])
}

/** Both images' maps at another side, by bilinear interpolation with corners on corners. */
function atSide(maps: Tensor, side: number): Tensor {
  const [batch, , own, , other] = maps.shape as [number, number, number, number, number]
  const targets = maps.reshape([batch, own * own, other, other]).resize(side, { corners: 'alignCorners' })
  const cells = side * side
  const turned = targets.reshape([batch, own * own, cells]).transpose([0, 2, 1])
  const sources = turned.reshape([batch, cells, own, own]).resize(side, { corners: 'alignCorners' })
  return sources.reshape([batch, cells, cells]).transpose([0, 2, 1]).reshape([batch, 1, side, side, side, side])
}

/** Soft mutual nearest neighbours (Rocco et al. 2018): votes times their shares of the greatest in their row and column. */
const mutual = (votes: Tensor): Tensor =>
  votes.mul(votes.div(votes.max(2, { keep: true }))).mul(votes.div(votes.max(1, { keep: true })))
