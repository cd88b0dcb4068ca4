import { float32, type State } from '../../../engine/index.ts'
import type { RunContext } from '../../../system/index.ts'
import type { Lesson } from './lesson.ts'
import { LightNet, ticksOfAnswer, type NetSize } from './net.ts'
import type { HftOptions } from './options.ts'
import { WindowLearner } from './teach.ts'

export interface TrainedNet {
  net: LightNet
  state: State
  /** 1 for the channels that are left. */
  keep: Float32Array
}

/** Shares of the pruning that each round does, the paper's 20, 40 and 60%. */
const pruningRounds = [1 / 3, 2 / 3, 1]

/** Teaches the network, then takes out the channels of the smallest scales in three rounds, taught again after each. */
export async function trainNet(
  lesson: Lesson,
  size: NetSize,
  options: HftOptions,
  context: RunContext,
): Promise<TrainedNet> {
  const { features, channels } = size
  const net = new LightNet(size)
  const keep = new Float32Array(channels).fill(1)
  const windows = new WindowLearner(
    {
      model: net,
      features,
      ticks: ticksOfAnswer(size),
      logits: ({ x, keep: left }, mode) => net.forward(x!, left!, mode),
      also: { inputs: { keep: float32([channels, 1]) }, feeds: () => ({ keep }) },
      penalty: () => net.scales().mul(options.sparsity),
      hidden: options.maskDropout,
    },
    lesson,
    options,
    context,
  )
  const { state } = windows.learner
  try {
    await windows.teach(options.epochs, 'epoch')
    for (const [round, share] of pruningRounds.entries()) {
      if (options.prune === 0) break
      const scales = channelScales(net, state)
      const order = [...scales.keys()].sort((a, c) => scales[a]! - scales[c]!)
      keep.fill(1)
      for (const c of order.slice(0, Math.round(share * options.prune * channels))) keep[c] = 0
      if (options.fineTune > 0) await windows.teach(options.fineTune, `pruning ${round + 1}, epoch`)
    }
    return { net, state, keep }
  } finally {
    await windows.close()
  }
}

/** The sum of a channel's absolute scales over the blocks that add to it: [channels]. */
function channelScales(net: LightNet, state: State): Float64Array {
  const total = new Float64Array(net.size.channels)
  for (const { norm } of net.blocks) {
    const scales = state.read(norm.weight).data as Float32Array
    scales.forEach((scale, c) => (total[c]! += Math.abs(scale)))
  }
  return total
}
