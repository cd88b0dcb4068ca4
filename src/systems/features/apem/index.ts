import { InterplayError } from '../../../errors/index.ts'
import { defineSystem, tasks, type TrainedTable } from '../../../system/index.ts'
import { checkChain } from './chain.ts'
import { Apem } from './model.ts'
import { options } from './options.ts'
import { study } from './study.ts'

export const apem = defineSystem({
  name: 'apem',
  family: 'features',
  summary: 'several targets in a chain, each picking its own patterns from groups of fields',
  paper: {
    title: 'Adaptive Pattern Extraction Multi-Task Learning for Multi-Step Conversion Estimations',
    venue: 'arXiv',
    year: 2023,
  },
  task: tasks.table,
  options,
  world: 'funnel',
  training: ({ embeddingRegularization, networkRegularization }) => ({
    embeddingRegularization,
    networkRegularization,
  }),
  check(data, options) {
    checkChain(data, options)
    return []
  },
  create: (chosen, spec) => {
    const { heads, embeddingDimension } = chosen
    if (embeddingDimension % heads !== 0) {
      throw new InterplayError(
        'option/conflict',
        `heads (${heads}) must divide embeddingDimension (${embeddingDimension})`,
      )
    }
    return new Apem(spec, chosen)
  },
  view: async (trained, rows, viewed) =>
    (await import('./view.ts')).patternsView(trained as TrainedTable<Apem>, rows, viewed),
  study,
})
