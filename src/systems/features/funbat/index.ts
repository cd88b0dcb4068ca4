import { defineSystem, tasks } from '../../../system/index.ts'
import { fit, load } from './fitted.ts'
import { options } from './options.ts'
import { study } from './study.ts'

export const funbat = defineSystem({
  name: 'funbat',
  family: 'features',
  summary: 'smooth functions of each index of a tensor, and a small core by which they interact',
  paper: {
    title: 'Functional Bayesian Tucker Decomposition for Continuous-indexed Tensor Data',
    venue: 'ICLR',
    year: 2024,
    code: 'xuangu-fang/Functional-Bayesian-Tucker-Decomposition',
  },
  task: tasks.tensor,
  options,
  world: 'smooth-tensor',
  fit,
  load,
  study,
})
