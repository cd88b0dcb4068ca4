import { defineSystem, tasks } from '../../../system/index.ts'
import { learn, sizeOf, trainingOf } from './learn.ts'
import { optfsOptions } from './options.ts'
import { study } from './study.ts'

export const optfs = defineSystem({
  name: 'optfs',
  family: 'features',
  summary: 'which values of which fields a model needs',
  paper: {
    title: 'Optimizing Feature Set for Click-Through Rate Prediction',
    venue: 'WWW',
    year: 2023,
    code: 'fuyuanlyu/OptFS',
  },
  task: tasks.table,
  options: optfsOptions,
  training: trainingOf,
  learn,
  size: sizeOf,
  chooses: 'features',
  study,
})
