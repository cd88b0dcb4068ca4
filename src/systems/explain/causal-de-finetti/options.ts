import { z } from '../../../system/index.ts'

export const testNames = ['automatic', 'kernel', 'correlation', 'G'] as const

export const causalOptions = z.object({
  alpha: z.number().gt(0).lt(1).default(0.05).describe('p value up to which two columns are called dependent'),
  test: z
    .enum(testNames)
    .default('automatic')
    .describe(
      'of independence; automatic: G for values, kernel for numbers; correlation sees linear dependence alone, at any number of groups',
    ),
  columns: z.array(z.string()).default([]).describe('columns looked at; all by default'),
  pairs: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('draws of two rows of each group, whose p values are combined; of use where groups have more rows'),
  resamples: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('resamples of the groups on which the graph is found again; each costs as much as the first'),
  degrees: z
    .enum(['observed', 'published'])
    .default('observed')
    .describe('degrees of freedom of the G test; published: as the code of the paper counts, for comparison with it'),
})
