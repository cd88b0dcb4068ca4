import { einsum, type Tensor } from '../../../engine/index.ts'
import { Mode, Module, MultilayerPerceptron } from '../../../nn/index.ts'

/** Added to what is not there before a softmax or a maximum. */
const absent = -1e9

/** Tokens of a side: [items, tokens, width], with a mask [items, tokens] where some are padding. */
export interface Side {
  tokens: Tensor
  mask?: Tensor
}

export interface SimilarityOptions {
  /**
   * Padded cosines are left out of the maxima; with `compatibility` they are 0, as published, and win where all others are
   * negative.
   */
  compatibility?: boolean
}

export const comparisons = ['tokens', 'means'] as const

/** Tokens with tokens; or the cosines of the means of both sides, which tell nothing of single tokens: a baseline. */
export type Compare = (typeof comparisons)[number]

/** 0 where a token is, a large negative number where it is padding. */
export const maskBias = (mask: Tensor): Tensor => mask.neg().add(1).mul(absent)

/**
 * Weighted token interaction (Wang et al. 2022): half of what each word finds among the frames and half of what each frame
 * finds among the words, by cosine, weighed by what a perceptron a side makes of each token.
 */
export class TokenSimilarity extends Module {
  readonly textWeight: MultilayerPerceptron
  readonly frameWeight: MultilayerPerceptron

  constructor(
    width: number,
    private readonly compare: Compare = 'tokens',
  ) {
    super()
    this.textWeight = new MultilayerPerceptron(width, [2 * width], { outputs: 1 })
    this.frameWeight = new MultilayerPerceptron(width, [2 * width], { outputs: 1 })
  }

  /** Softmax weights [items, tokens] of both sides. */
  weights(text: Side, frames: Side, mode = Mode.evaluation()): readonly [Tensor, Tensor] {
    const weigh = (net: MultilayerPerceptron, { tokens, mask }: Side) => {
      const learned = net.forward(tokens, mode).squeeze(-1)
      const scores = this.compare === 'means' ? learned.mul(0) : learned
      return (mask ? scores.add(maskBias(mask)) : scores).softmax(-1)
    }
    return [weigh(this.textWeight, text), weigh(this.frameWeight, frames)]
  }

  /** Every text with every video: [texts, videos]. */
  forward(text: Side, frames: Side, mode: Mode, { compatibility = false }: SimilarityOptions = {}): Tensor {
    const [ofWords, ofFrames] = this.weights(text, frames, mode)
    if (this.compare === 'means') {
      const mean = (tokens: Tensor, weights: Tensor) => unit(tokens.mul(weights.unsqueeze(2)).sum(1))
      return mean(text.tokens, ofWords).matmul(mean(frames.tokens, ofFrames), { transposeB: true })
    }
    const cosines = einsum('atd,bvd->abtv', unit(text.tokens), unit(frames.tokens))
    const [words, seen] = [text.mask?.unsqueeze([1, 3]), frames.mask?.unsqueeze([0, 2])]
    const there = (mask: Tensor | undefined) => (cells: Tensor) =>
      mask === undefined ? cells : compatibility ? cells.mul(mask) : cells.add(maskBias(mask))
    const both = (cells: Tensor) => there(words)(there(seen)(cells))
    const forWords = compatibility ? both(cosines) : there(seen)(cosines)
    const forFrames = compatibility ? both(cosines) : there(words)(cosines)
    const found = forWords.max(-1).mul(ofWords.unsqueeze(1)).sum(-1)
    const back = forFrames.max(-2).mul(ofFrames.unsqueeze(0)).sum(-1)
    return found.add(back).mul(0.5)
  }
}

/** Cosines of the words and frames of one item: [items, words, frames]. */
export const cosinesWithin = (text: Tensor, frames: Tensor): Tensor =>
  unit(text).matmul(unit(frames), { transposeB: true })

/** Each token scaled to length 1. */
const unit = (tokens: Tensor): Tensor => tokens.div(tokens.sumSquares(-1, { keep: true }).add(1e-12).sqrt())
