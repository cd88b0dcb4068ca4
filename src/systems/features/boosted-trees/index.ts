import { defineSystem, tasks } from '../../../system/index.ts'
import { learn, sizeOf } from './learn.ts'
import { boostedTreesOptions } from './options.ts'
import { study } from './study.ts'

export const boostedTrees = defineSystem({
  name: 'boosted-trees',
  family: 'features',
  summary: 'boosted trees, the baseline beside every network',
  paper: {
    title: 'LightGBM: A Highly Efficient Gradient Boosting Decision Tree',
    venue: 'NeurIPS',
    year: 2017,
    code: 'lightgbm-org/LightGBM',
  },
  task: tasks.table,
  options: boostedTreesOptions,
  learn,
  size: sizeOf,
  study,
})
