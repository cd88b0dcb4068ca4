import { pairRules } from '../../../lenses/index.ts'
import { z } from '../../../system/index.ts'
import { comparisons } from './similarity.ts'

const count = (least: number, value: number, description: string) =>
  z.number().int().min(least).default(value).describe(description)

export const hbiOptions = z.object({
  width: count(2, 512, 'width of tokens and clusters'),
  layers: count(0, 4, 'transformer blocks of either side'),
  heads: count(1, 8, 'heads of every attention'),
  ratios: z
    .array(z.number().gt(0).max(1))
    .max(4)
    .default([0.25, 0.5])
    .describe('clusters a token of each merge; none: words and frames alone'),
  planes: count(1, 64, 'planes of the estimators of interactions'),
  compare: z.enum(comparisons).default('tokens').describe('tokens with tokens, or the means of both sides, a baseline'),
  interaction: z.number().min(0).default(1).describe('weight of the interactions in the loss'),
  distillation: z.number().min(0).default(2).describe('weight of what clusters learn from words and frames'),
  warmUp: count(0, 5, 'passes without interactions, before the teacher learns'),
  epochs: count(1, 5, 'passes with all of the loss'),
  teacher: z
    .enum(['estimated', 'random'])
    .default('estimated')
    .describe('a teacher that learned interactions, or none'),
  teacherEpochs: count(0, 10, 'passes of the teacher over its maps'),
  maps: count(1, 1000, 'items whose maps the teacher learns from, at most'),
  samples: count(2, 100, 'coalitions drawn for each pair where there are too many to take all'),
  scale: z.number().gt(0).default(1000).describe("what cosines are multiplied by for the teacher's interactions"),
  rule: z
    .enum(pairRules)
    .default('ordinary')
    .describe('of maps that are shown: a pair joins with all its cells, or merged, with its own alone'),
  item: count(1, 1, 'the item that explain looks at'),
  batch: count(2, 128, 'items a step'),
  learningRate: z.number().positive().default(1e-4).describe('step size of Adam'),
  patience: count(1, 5, 'passes without a better recall on validation items before training stops'),
})
