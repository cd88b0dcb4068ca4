import { defineSystem, option, tasks, z } from '../../../system/index.ts'
import { FactorizationMachine } from './model.ts'
import { study } from './study.ts'

export const fm = defineSystem({
  name: 'fm',
  family: 'features',
  summary: 'every pair of values by a product of vectors',
  paper: { title: 'Factorization Machines', venue: 'ICDM', year: 2010, code: 'srendle/libfm' },
  task: tasks.table,
  options: z.object({
    embeddingDimension: option.embeddingDimension(10),
    embeddingRegularization: option.embeddingRegularization(5e-6),
    networkRegularization: option.networkRegularization(5e-6),
  }),
  training: ({ embeddingRegularization, networkRegularization }) => ({
    embeddingRegularization,
    networkRegularization,
  }),
  create: ({ embeddingDimension }, spec) => new FactorizationMachine(spec, embeddingDimension),
  study,
})
