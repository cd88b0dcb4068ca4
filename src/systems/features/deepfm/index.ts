import { defineSystem, tasks, z } from '../../../system/index.ts'
import { deepOptions } from '../shared/deep-options.ts'
import { DeepFactorizationMachine } from './model.ts'
import { study } from './study.ts'

export const deepfm = defineSystem({
  name: 'deepfm',
  family: 'features',
  summary: 'pairwise products and a deep network on the same vectors',
  paper: {
    title: 'DeepFM: A Factorization-Machine based Neural Network for CTR Prediction',
    venue: 'IJCAI',
    year: 2017,
  },
  task: tasks.table,
  options: z.object(deepOptions),
  training: ({ embeddingRegularization, networkRegularization }) => ({
    embeddingRegularization,
    networkRegularization,
  }),
  create: (options, spec) => new DeepFactorizationMachine(spec, options),
  study,
})
