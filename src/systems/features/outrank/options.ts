import { z } from 'zod'

export const outrankOptions = z.object({
  order: z.number().int().min(1).max(3).default(1).describe('fields in a set, at most'),
  score: z
    .enum(['corrected', 'plain', 'adjusted', 'coverage'])
    .default('corrected')
    .describe(
      'corrected: mutual information less that of the controls; adjusted: its share of what is left to tell; plain: uncorrected; coverage: share of rows in the most frequent pair of value and class',
    ),
  control: z
    .enum(['shuffle', 'shift'])
    .default('shuffle')
    .describe(
      "shuffle: several drawn labellings; shift: the authors' single one, every value's rows moved by their number",
    ),
  controls: z.number().int().min(0).max(64).default(8).describe('shuffled labellings; 0 measures no chance'),
  level: z
    .number()
    .positive()
    .max(0.5)
    .default(0.05)
    .describe('chance that any uninformative set of all rises above its noise'),
  rows: z
    .enum(['train', 'all'])
    .default('train')
    .describe('train leaves out what fit with the same split and seed validates and tests on'),
  sample: z.number().int().min(0).default(0).describe('rows drawn at random; 0 takes all'),
  rowOrder: z
    .enum(['drawn', 'file'])
    .default('drawn')
    .describe("file is the authors' way: sorted rows then hide what a field tells"),
  bins: z
    .number()
    .int()
    .min(0)
    .max(255)
    .default(32)
    .describe('numbers of more values are cut into so many bins of equal counts; 0 keeps every value'),
  targetBins: z.number().int().min(2).max(64).default(8).describe('bins of equal counts of a numeric target'),
  targetClasses: z.number().int().min(2).max(64).default(16).describe('more classes: the rarest share one'),
  combinations: z
    .number()
    .int()
    .min(1)
    .default(2000)
    .describe('sets of two or three fields tried at most, drawn at random where there are more'),
  sort: z
    .enum(['gain', '3mr'])
    .default('gain')
    .describe('3mr: relevance less redundancy with the fields before plus what they tell together'),
  redundancy: z.number().min(0).default(1).describe('weight of redundancy in 3mr (alpha)'),
  relation: z.number().min(0).default(1).describe('weight of relation in 3mr (beta)'),
})

export type OutrankOptions = z.infer<typeof outrankOptions>
