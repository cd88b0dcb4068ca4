import { InterplayError } from '../../../errors/index.ts'
import { defineSystem, option, tasks, z, type TrainedTable } from '../../../system/index.ts'
import { AutoInt } from './model.ts'
import { study } from './study.ts'

export const autoint = defineSystem({
  name: 'autoint',
  family: 'features',
  summary: 'which fields attend to each other',
  paper: {
    title: 'AutoInt: Automatic Feature Interaction Learning via Self-Attentive Neural Networks',
    venue: 'CIKM',
    year: 2019,
    code: 'DeepGraphLearning/RecommenderSystems',
  },
  task: tasks.table,
  options: z.object({
    variant: z
      .enum(['fuxictr', 'original'])
      .default('fuxictr')
      .describe("the benchmark's function, or the authors' code's: biases and ReLU on every projection"),
    embeddingDimension: option.embeddingDimension(16),
    layers: z.number().int().min(0).default(3).describe('attention layers; 0 leaves a linear read-out'),
    attentionWidth: z.number().int().min(1).default(64).describe('width of all heads together'),
    heads: z.number().int().min(1).default(2).describe('attention heads'),
    residual: z.boolean().default(true).describe("add each layer's input to its output"),
    scale: z
      .enum(['none', 'head', 'full'])
      .default('none')
      .describe('divide scores by the square root of a head width, of the full width, or not'),
    layerNorm: z.boolean().default(false).describe('normalise every layer (always on in the original)'),
    wide: z.boolean().default(false).describe('add first-order weights'),
    hidden: option.hidden([]).describe('widths of a deep part beside the attention (AutoInt+)'),
    activation: option.activation(),
    batchNorm: option.batchNorm(false),
    dropout: option.dropout(0),
    embeddingRegularization: option.embeddingRegularization(0),
    networkRegularization: option.networkRegularization(0),
  }),
  training: ({ embeddingRegularization, networkRegularization }) => ({
    embeddingRegularization,
    networkRegularization,
  }),
  create: (options, spec) => {
    const { heads, attentionWidth } = options
    if (attentionWidth % heads !== 0) {
      throw new InterplayError('option/conflict', `heads (${heads}) must divide attentionWidth (${attentionWidth})`, {
        where: '--set heads, --set attentionWidth',
      })
    }
    return new AutoInt(spec, options)
  },
  view: async (trained, rows) => (await import('./view.ts')).attentionView(trained as TrainedTable<AutoInt>, rows),
  study,
})
