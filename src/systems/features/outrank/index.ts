import { defineSystem, tasks } from '../../../system/index.ts'
import { outrankOptions } from './options.ts'
import { rank } from './rank.ts'
import { study } from './study.ts'

export const outrank = defineSystem({
  name: 'outrank',
  family: 'features',
  summary: 'which fields and sets of fields tell of the target, beyond what chance tells with as many values',
  paper: {
    title:
      'OutRank: Speeding up AutoML-based Model Search for Large Sparse Data sets with Cardinality-aware Feature Ranking',
    venue: 'RecSys',
    year: 2023,
    code: 'outbrain-inc/outrank',
  },
  task: tasks.source,
  options: outrankOptions,
  world: 'noisy-columns',
  example: () => Promise.resolve({ data: { input: 'world:noisy-columns', target: ['y'] } }),
  rank,
  study,
})
