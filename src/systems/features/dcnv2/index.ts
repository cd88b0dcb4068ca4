import { defineSystem, tasks, z } from '../../../system/index.ts'
import { deepOptions } from '../shared/deep-options.ts'
import { DeepCrossNetwork } from './model.ts'
import { study } from './study.ts'

export const dcnv2 = defineSystem({
  name: 'dcnv2',
  family: 'features',
  summary: 'explicit crosses of bounded order beside a deep network',
  paper: {
    title: 'DCN V2: Improved Deep & Cross Network and Practical Lessons for Web-scale Learning to Rank Systems',
    venue: 'WWW',
    year: 2021,
  },
  task: tasks.table,
  options: z.object({
    ...deepOptions,
    crossLayers: z.number().int().min(1).default(4).describe('layers of the cross network'),
    structure: z.enum(['parallel', 'stacked']).default('parallel').describe('deep part beside the crosses, or on them'),
  }),
  training: ({ embeddingRegularization, networkRegularization }) => ({
    embeddingRegularization,
    networkRegularization,
  }),
  create: (options, spec) => new DeepCrossNetwork(spec, options),
  study,
})
