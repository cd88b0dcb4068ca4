import { Parameter, type Tensor } from '../../../engine/index.ts'
import { initializers, Linear, Module, Mode, TransformerBlock } from '../../../nn/index.ts'
import { InteractionEstimator } from './estimator.ts'
import { contrast, divergence, mapDivergence } from './losses.ts'
import { cosinesWithin, maskBias, TokenSimilarity, type Compare, type Side } from './similarity.ts'
import { TokenMerge } from './token-merge.ts'

/** Tokens of an item, and the width they come in. */
export interface Sizes {
  words: number
  textWidth: number
  frames: number
  frameWidth: number
}

export interface HbiOptions {
  width: number
  layers: number
  heads: number
  /** Clusters a token of each merge. */
  ratios: readonly number[]
  planes: number
  compare: Compare
}

export interface LossOptions {
  /** Of the interactions. */
  interaction: number
  /** Of what the similarities of merged tokens learn from those of tokens. */
  distillation: number
}

/** A level: tokens, or clusters of them. */
export interface LevelAnswer {
  text: Side
  frames: Side
  /** Members of each cluster among the tokens of the level before. */
  ofText?: Tensor
  ofFrames?: Tensor
}

class Encoder extends Module {
  readonly projection: Linear
  readonly positions: Parameter
  readonly blocks: TransformerBlock[]

  constructor(length: number, inputs: number, { width, heads, layers }: HbiOptions) {
    super()
    this.projection = new Linear(inputs, width)
    this.positions = new Parameter([length, width], initializers.normal(0.02))
    this.blocks = Array.from({ length: layers }, () => new TransformerBlock({ width, heads }))
  }

  /** Padding comes out as zeros. */
  forward({ tokens, mask }: Required<Side>, mode: Mode): Side {
    const projected = this.projection.forward(tokens)
    const start = projected.add(this.positions).transpose([1, 0, 2])
    const bias = maskBias(mask).unsqueeze([1, 2])
    const mixed = this.blocks.reduce((x, block) => block.forward(x, mode, { bias }), start).transpose([1, 0, 2])
    return { tokens: projected.add(mixed).mul(mask.unsqueeze(2)), mask }
  }
}

/** Words and frames encoded, compared, and merged into phrases and clips, sentences and segments. */
export class Hbi extends Module {
  readonly text: Encoder
  readonly frames: Encoder
  readonly similarities: TokenSimilarity[]
  readonly textMerges: TokenMerge[]
  readonly frameMerges: TokenMerge[]
  readonly students: InteractionEstimator[]
  /** Not moved by what moves the others. */
  readonly teacher: InteractionEstimator
  readonly logScale: Parameter

  constructor({ words, textWidth, frames, frameWidth }: Sizes, options: HbiOptions) {
    super()
    const { width, heads, ratios, planes, compare } = options
    this.text = new Encoder(words, textWidth, options)
    this.frames = new Encoder(frames, frameWidth, options)
    this.similarities = [0, ...ratios].map(() => new TokenSimilarity(width, compare))
    this.textMerges = merges(width, words, ratios, heads)
    this.frameMerges = merges(width, frames, ratios, heads)
    this.students = this.similarities.map(() => new InteractionEstimator(planes))
    this.teacher = new InteractionEstimator(planes)
    this.logScale = new Parameter([1], initializers.fill(Math.log(1 / 0.07)))
  }

  levels(text: Required<Side>, frames: Required<Side>, mode: Mode): LevelAnswer[] {
    const levels: LevelAnswer[] = [{ text: this.text.forward(text, mode), frames: this.frames.forward(frames, mode) }]
    this.textMerges.forEach((merge, l) => {
      const { text: words, frames: seen } = levels.at(-1)!
      const [phrases, clips] = [merge.forward(words), this.frameMerges[l]!.forward(seen)]
      levels.push({
        text: { tokens: phrases.merged },
        frames: { tokens: clips.merged },
        ofText: phrases.assignment,
        ofFrames: clips.assignment,
      })
    })
    return levels
  }

  /** The loss of a batch (section 3.4): contrast and interactions of each level, and what levels learn from the first. */
  loss(
    levels: readonly LevelAnswer[],
    ids: Tensor,
    place: Tensor,
    options: LossOptions,
    mode = Mode.training(),
  ): Tensor {
    const similarities = levels.map(({ text, frames }, l) => this.similarities[l]!.forward(text, frames, mode))
    const terms = similarities.map(similarity => contrast(similarity, this.logScale.exp(), ids, place))
    if (options.interaction > 0) {
      levels.forEach(({ text, frames }, l) => {
        const cosines = cosinesWithin(text.tokens, frames.tokens)
        const wanted = this.teacher.forward(cosines.stopGradient()).stopGradient()
        const own = this.students[l]!.forward(cosines)
        terms.push(mapDivergence(own, wanted, text.mask, frames.mask).mul(options.interaction))
      })
    }
    if (options.distillation > 0) {
      for (const similarity of similarities.slice(1))
        for (const axis of [-1, 0]) terms.push(divergence(similarity, similarities[0]!, axis).mul(options.distillation))
    }
    return terms.reduce((sum, term) => sum.add(term))
  }
}

function merges(width: number, tokens: number, ratios: readonly number[], heads: number): TokenMerge[] {
  let left = tokens
  return ratios.map(ratio => {
    const merge = new TokenMerge(width, left, { ratio, heads })
    left = merge.clusters
    return merge
  })
}
