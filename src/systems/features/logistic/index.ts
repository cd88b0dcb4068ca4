import { defineSystem, option, tasks, z } from '../../../system/index.ts'
import { Logistic } from './model.ts'
import { study } from './study.ts'

export const logistic = defineSystem({
  name: 'logistic',
  family: 'features',
  summary: 'one weight a value: no interactions, the baseline of every report',
  task: tasks.table,
  options: z.object({
    embeddingRegularization: option.embeddingRegularization(1e-5),
    networkRegularization: option.networkRegularization(1e-5),
  }),
  training: ({ embeddingRegularization, networkRegularization }) => ({
    learningRate: 1e-2,
    embeddingRegularization,
    networkRegularization,
  }),
  create: (_options, spec) => new Logistic(spec),
  study,
})
