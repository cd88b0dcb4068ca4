import { defineSystem, tasks } from '../../../system/index.ts'
import { fit, load } from './fitted.ts'
import { options } from './options.ts'
import { study } from './study.ts'

export const hft = defineSystem({
  name: 'hft',
  family: 'features',
  summary: 'a stream that chooses its features as they drift, and a pruned network that answers each tick',
  paper: {
    title:
      'Research on Optimizing Real-Time Data Processing in High-Frequency Trading Algorithms using Machine Learning',
    venue: 'arXiv',
    year: 2024,
  },
  task: tasks.stream,
  options,
  world: 'regimes',
  fit,
  load,
  study,
})
