import { defineSystem, tasks } from '../../../system/index.ts'
import { explanationOf } from './explanation.ts'
import { identify } from './identify.ts'
import { causalOptions } from './options.ts'
import { study } from './study.ts'
import { binaryWorld } from './worlds.ts'

export const causalDeFinetti = defineSystem({
  name: 'causal-de-finetti',
  family: 'explain',
  summary: 'causes and effects that rows in groups identify, each group with its own conditions',
  paper: {
    title: 'Causal de Finetti: On the Identification of Invariant Causal Structure in Exchangeable Data',
    venue: 'NeurIPS',
    year: 2023,
    code: 'syguo96/Causal-de-Finetti',
  },
  task: tasks.groups,
  options: causalOptions,
  example: () => Promise.resolve({ data: binaryWorld(400, 3, 1).table }),
  async explain(_, table, options, { seed, signal, progress }) {
    const identified = await identify(table, options, {
      seed,
      signal,
      progress: (done, total) => progress({ stage: 'resample', done, total }),
    })
    return explanationOf(identified)
  },
  study,
})
