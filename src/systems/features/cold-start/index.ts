import { defineSystem, tasks } from '../../../system/index.ts'
import { fit, load } from './fitted.ts'
import { options } from './options.ts'
import { study } from './study.ts'

export const coldStart = defineSystem({
  name: 'cold-start',
  family: 'features',
  summary: 'items for users of whom only attributes are known, and how much each attribute weighed',
  paper: {
    title: 'Contrastive Learning for Cold Start Recommendation with Adaptive Feature Fusion',
    venue: 'arXiv',
    year: 2025,
  },
  task: tasks.history,
  options,
  world: 'cold-tastes',
  fit,
  load,
  study,
})
