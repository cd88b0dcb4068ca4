import { defineSystem, tasks, z } from '../../../system/index.ts'
import { deepOptions } from '../shared/deep-options.ts'
import { DeepNetwork } from './model.ts'
import { study } from './study.ts'

export const dnn = defineSystem({
  name: 'dnn',
  family: 'features',
  summary: 'interactions left to fully connected layers',
  paper: { title: 'Deep Neural Networks for YouTube Recommendations', venue: 'RecSys', year: 2016 },
  task: tasks.table,
  options: z.object(deepOptions),
  training: ({ embeddingRegularization, networkRegularization }) => ({
    embeddingRegularization,
    networkRegularization,
  }),
  create: (options, spec) => new DeepNetwork(spec, options),
  study,
})
