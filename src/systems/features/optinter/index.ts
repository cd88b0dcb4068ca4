import { defineSystem, tasks } from '../../../system/index.ts'
import { methodView } from './architecture.ts'
import { learn, sizeOf, trainingOf } from './learn.ts'
import { optinterOptions } from './options.ts'
import { study } from './study.ts'

export const optinter = defineSystem({
  name: 'optinter',
  family: 'features',
  summary: 'memorise, factorise or skip each pair',
  paper: {
    title: 'Memorize, Factorize, or be Naive: Learning Optimal Feature Interaction Methods for CTR Prediction',
    venue: 'ICDE',
    year: 2022,
    code: 'fuyuanlyu/OptInter',
  },
  task: tasks.table,
  options: optinterOptions,
  training: trainingOf,
  learn,
  size: sizeOf,
  chooses: 'interactions',
  viewKept: methodView,
  study,
})
