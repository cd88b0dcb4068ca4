import { defineSystem, option, tasks, z, type TrainedTable } from '../../../system/index.ts'
import { checkHistories } from './check.ts'
import { gates } from './gate.ts'
import { AwMoe } from './model.ts'
import { study } from './study.ts'

const widths = (standard: number[], meaning: string) => option.hidden(standard).describe(meaning)

export const awMoe = defineSystem({
  name: 'aw-moe',
  family: 'features',
  summary: 'experts that the behaviours of a user weigh, each in its measure',
  paper: {
    title: 'Attention Weighted Mixture of Experts with Contrastive Learning for Personalized Ranking in E-commerce',
    venue: 'ICDE',
    year: 2023,
  },
  task: tasks.table,
  world: 'behaviour-types',
  options: z.object({
    history: z
      .array(z.string())
      .default([])
      .describe('sequence fields that say what a user did, item by item; all of them where empty'),
    query: z.array(z.string()).default([]).describe('fields of the search; none in a recommendation'),
    user: z
      .string()
      .default('')
      .describe('field that tells users apart for the contrast; where empty, users are their histories'),
    embeddingDimension: option.embeddingDimension(16),
    hidden: z.number().int().min(1).default(64).describe('width of a hidden behaviour, candidate or query'),
    pooling: z
      .enum(['attention', 'mean'])
      .default('attention')
      .describe('how behaviours become one vector for the experts'),
    attentionHidden: widths([36], 'widths of the hidden layers of that attention'),
    experts: z.number().int().min(1).default(4).describe('networks that are mixed'),
    expertHidden: widths([128, 64], 'widths of the hidden layers of an expert'),
    gate: z
      .enum(gates)
      .default('attention')
      .describe(
        'what weighs the experts: behaviours by attention, unweighted, or by attention around one learned vector; a softmax of all, or of the candidate; none leaves one expert',
      ),
    gateHidden: widths([32], 'widths of the hidden layers of gate unit and activation unit'),
    lengthNorm: z
      .boolean()
      .default(false)
      .describe('divides what behaviours add to the gate by the square root of their number'),
    contrast: z.number().min(0).default(0.05).describe('weight of the contrast between gates; 0 for none'),
    maskRate: z.number().gt(0).lt(1).default(0.5).describe('chance that a behaviour is masked in the second view'),
    temperature: z.number().gt(0).default(0.1).describe('temperature of the contrast'),
    negatives: z.number().int().min(1).default(8).describe('other users each row is set against, at most'),
    embeddingRegularization: option.embeddingRegularization(1e-6),
  }),
  training: ({ embeddingRegularization }) => ({ embeddingRegularization }),
  check: checkHistories,
  create: (options, spec) => new AwMoe(spec, options),
  view: async (trained, rows, options) =>
    (await import('./view.ts')).behavioursView(trained as TrainedTable<AwMoe>, rows, options),
  study,
})
