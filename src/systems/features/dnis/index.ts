import { defineSystem, tasks } from '../../../system/index.ts'
import { learn, sizeOf, trainingOf } from './learn.ts'
import { dnisOptions } from './options.ts'
import { study } from './study.ts'

export const dnis = defineSystem({
  name: 'dnis',
  family: 'features',
  summary: 'how many dimensions each value needs',
  paper: {
    title: 'Differentiable Neural Input Search for Recommender Systems',
    venue: 'arXiv',
    year: 2020,
    code: 'SJTU-DMTai/AutoSrh',
  },
  task: tasks.table,
  options: dnisOptions,
  training: trainingOf,
  learn,
  size: sizeOf,
  chooses: 'dimensions',
  study,
})
