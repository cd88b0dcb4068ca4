import { z } from '../../../system/index.ts'

const whole = (least: number, most: number) => z.number().int().min(least).max(most)

export const options = z.object({
  horizon: whole(1, 100_000).default(20).describe('ticks after which it is known what followed a tick'),
  window: whole(1, 4096).default(32).describe('last ticks that an answer averages over'),
  select: whole(1, 4096).default(16).describe('features that are listened to'),
  selection: z
    .enum(['live', 'once', 'random', 'all'])
    .default('live')
    .describe('choose features all along, once after training, at random, or listen to all'),
  clusters: whole(1, 64).default(6).describe('clusters of recent rows, by which features are weighed'),
  evaluateEvery: whole(1, 100_000).default(200).describe('ticks between two choices of features'),
  recent: whole(10, 100_000).default(2000).describe('rows that clusters and correlations are found in'),
  scaleHalfLife: whole(1, 10_000_000)
    .default(2000)
    .describe('ticks after which a row counts half in means and variances'),
  relevanceHalfLife: whole(1, 10_000_000)
    .default(5000)
    .describe('the same in the information of features about the class'),
  gate: z
    .boolean()
    .default(true)
    .describe('weigh features by a learned gate that hears their means and deviations over the last 16 ticks'),
  channels: whole(1, 1024).default(24).describe('channels of the network'),
  prune: z.number().min(0).max(0.95).default(0.6).describe('share of the channels of each block that is taken out'),
  sparsity: z.number().min(0).max(1).default(1e-4).describe('L1 penalty on the scales of channels'),
  maskDropout: z.number().min(0).max(0.9).default(0.2).describe('share of chosen features that training hides'),
  epochs: whole(1, 10_000).default(8).describe('most passes over the training ticks'),
  fineTune: whole(0, 1000).default(1).describe('passes after each of three rounds of pruning'),
  batch: whole(2, 65_536).default(256).describe('windows of a training step'),
  windowsAnEpoch: whole(2, 10_000_000).default(20_000).describe('windows that a pass draws'),
  learningRate: z.number().positive().max(10).default(1e-3).describe('step size of Adam'),
  pause: z
    .number()
    .min(1)
    .max(1e9)
    .default(500)
    .describe('usual steps of time after which windows begin anew, as over a night'),
  tradeAbove: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('probability above which the simulated trader follows a rise or fall'),
  fee: z.number().min(0).max(1).default(1e-4).describe('share of the price that a simulated order costs'),
  halfSpread: z
    .number()
    .min(0)
    .max(1)
    .default(1e-4)
    .describe('share of the price that simulated orders are filled worse by, where there is no order book'),
})

export type HftOptions = z.output<typeof options>
