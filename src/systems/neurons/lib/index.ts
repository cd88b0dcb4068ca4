import { defineSystem, tasks } from '../../../system/index.ts'
import { drawn } from '../networks/perceptron.ts'
import { options } from './options.ts'
import { study } from './study.ts'

export const lib = defineSystem({
  name: 'lib',
  family: 'neurons',
  summary: 'directions of a network that act on each other through as few pairs as can be',
  paper: {
    title:
      'The Local Interaction Basis: Identifying Computationally-Relevant and Sparsely Interacting Features in Neural Networks',
    venue: 'arXiv',
    year: 2024,
    code: 'ApolloResearch/rib',
  },
  task: tasks.network,
  options,
  example: async () => {
    const { network, data } = drawn([3, 4, 3])
    return { data, subject: network }
  },
  explain: async (...given) => (await import('./explain.ts')).explain(...given),
  study,
})
