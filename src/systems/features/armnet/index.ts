import { defineSystem, option, tasks, z, type TrainedTable } from '../../../system/index.ts'
import { ArmNet } from './model.ts'
import { study } from './study.ts'

export const armnet = defineSystem({
  name: 'armnet',
  family: 'features',
  summary: 'which fields multiply, to which powers, row by row',
  paper: {
    title: 'ARM-Net: Adaptive Relation Modeling Network for Structured Data',
    venue: 'SIGMOD',
    year: 2021,
    code: 'nusdbsystem/ARM-Net',
  },
  task: tasks.table,
  options: z.object({
    embeddingDimension: option.embeddingDimension(10),
    heads: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('attention heads; 0 is the one-head model, whose neurons share one projection'),
    neurons: z.number().int().min(1).default(32).describe('exponential neurons, a head'),
    alpha: z.number().min(1).max(4).default(1.7).describe('sparsity of the gates: 1 is softmax, 2 sparsemax'),
    hidden: option.hidden([256, 256]),
    dropout: option.dropout(0),
    deep: option.hidden([]).describe('widths of a network beside it, on its own embedding (ARM-Net+)'),
  }),
  training: () => ({ learningRate: 3e-3, patience: 1, clipValue: 1, clipNorm: 0 }),
  create: (options, spec) => new ArmNet(spec, options),
  view: async (trained, rows, options) =>
    (await import('./view.ts')).crossesView(trained as TrainedTable<ArmNet>, rows, options),
  study,
})
