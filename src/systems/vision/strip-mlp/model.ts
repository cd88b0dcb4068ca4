import type { Tensor } from '../../../engine/index.ts'
import { BatchNorm, Convolution, fanInLinear, Linear, Module, type Mode } from '../../../nn/index.ts'
import { ChannelMixing } from './channels.ts'
import { TokenPerceptron } from './perceptron.ts'
import { TokenMixing, type TokenMixer, type TokenOptions } from './tokens.ts'

export interface StripMlpOptions extends Pick<TokenOptions, 'taps' | 'mixing'> {
  /** Pixels of a patch's side. */
  patch: number
  /** Channels of the first stage; each further stage doubles them. */
  width: number
  /** Blocks by stage. */
  blocks: readonly number[]
  /** Channel groups of the strips; 0 for the authors' choice by width. */
  groups: number
  dropPath: number
}

/** What a model is made for. */
export interface ImageSize {
  channels: number
  size: number
  classes: number
}

/** The authors' number of groups for a width. */
export const groupsOf = (channels: number, groups: number): number => groups || (channels % 80 === 0 ? 2 : 4)

class Block extends Module {
  readonly tokens: TokenMixer
  readonly channels: ChannelMixing

  constructor(
    options: TokenOptions,
    private readonly dropPath: number,
  ) {
    super()
    this.tokens = options.mixing === 'perceptron' ? new TokenPerceptron(options) : new TokenMixing(options)
    this.channels = new ChannelMixing(options.channels, 3)
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const mixed = x.add(mode.dropPath(this.tokens.forward(x, mode), this.dropPath))
    return mixed.add(mode.dropPath(this.channels.forward(mixed), this.dropPath))
  }
}

const halved = (inputs: number, outputs: number, groups = 1) =>
  new Convolution(inputs, outputs, [2, 2], { stride: [2, 2], groups, bias: false })

/**
 * Strip-MLP (Cao et al. 2023): images [B, channels, S, S] to logits [B, classes]. Stages mix tokens and channels; between
 * them maps halve; shortcuts carry the input of the second stage to the third and fourth, and of the third to the fourth.
 */
export class StripMlp extends Module {
  readonly patches: Convolution
  readonly stages: Block[][]
  readonly merges: Convolution[]
  /** From stage 2 to 3, on to 4, and from 3 to 4, where there are so many stages. */
  readonly shortcuts: Convolution[]
  readonly norm: BatchNorm
  readonly head: Linear

  constructor({ channels, size, classes }: ImageSize, options: StripMlpOptions) {
    super()
    const { patch, width, blocks, groups, taps, mixing, dropPath } = options
    const widths = blocks.map((_, stage) => width * 2 ** stage)
    const last = widths.at(-1)!
    this.patches = new Convolution(channels, width, [patch, patch], { stride: [patch, patch], bias: false })
    this.stages = blocks.map((count, stage) => {
      const inner = widths[stage]!
      const tokens = { channels: inner, size: size / patch / 2 ** stage, groups: groupsOf(inner, groups), taps, mixing }
      return Array.from({ length: count }, () => new Block(tokens, dropPath))
    })
    this.merges = widths.slice(1).map((outputs, stage) => halved(widths[stage]!, outputs))
    const spans = [1, 2, 2].slice(0, blocks.length === 4 ? 3 : Math.max(0, blocks.length - 2))
    this.shortcuts = spans.map(stage => halved(widths[stage]!, widths[stage + 1]!, widths[stage]!))
    this.norm = new BatchNorm(last)
    this.head = new Linear(last, classes, fanInLinear(last))
  }

  forward(images: Tensor, mode: Mode): Tensor {
    const through = (stage: number, x: Tensor) =>
      this.stages[stage]!.reduce((map, block) => block.forward(map, mode), x).named(`stage.${stage}`)
    let carried: Tensor[] = []
    const maps = this.stages.slice(1).reduce(
      (map, _, i) => {
        const merged = this.merges[i]!.forward(map)
        const input = carried.reduce((sum, each) => sum.add(each), merged)
        if (i < 2) carried = this.carried(i, merged, carried)
        return through(i + 1, input)
      },
      through(0, this.patches.forward(images)),
    )
    return this.head.forward(this.norm.forward(maps, mode).mean([2, 3]))
  }

  /** What shortcuts bring to the next stage, given this one's input before them and what was brought to it. */
  private carried(i: number, merged: Tensor, brought: readonly Tensor[]): Tensor[] {
    const [first, second, third] = this.shortcuts
    if (i === 0) return first ? [first.forward(merged)] : []
    return second && third ? [second.forward(brought[0]!), third.forward(merged)] : []
  }
}
