import { option, z } from '../../../system/index.ts'
import { methods } from './methods.ts'

export const optinterOptions = z.object({
  search: z
    .enum(['single', 'bilevel'])
    .default('single')
    .describe("where the methods' weights learn: on the training rows, or on some held out from all else"),
  method: z
    .enum(['search', ...methods, 'random'])
    .default('search')
    .describe('how pairs interact: as a search finds, all alike, or drawn by the seed'),
  methods: z
    .array(z.enum(methods))
    .default([])
    .describe('the method of each pair, in the order of arch.json, in place of a search'),
  pairs: z
    .array(z.tuple([z.string(), z.string()]))
    .default([])
    .describe('pairs of categorical fields that may interact; none named means all'),
  minCrossCount: z
    .number()
    .int()
    .min(1)
    .default(20)
    .describe("training rows that a pair of values needs for a vector of its own; rarer ones share the pair's unknown"),
  maxCrossRows: z
    .number()
    .int()
    .min(1)
    .default(50_000_000)
    .describe('rows that the tables of pairs of values may have in all'),
  embeddingDimension: option.embeddingDimension(20),
  crossDimension: z.number().int().min(1).default(10).describe("width of each pair's vector"),
  hidden: option
    .hidden([])
    .describe(
      "widths of the hidden layers; none named: five, at a million training rows the paper's 700, fewer for fewer",
    ),
  searchEpochs: z.number().int().min(1).default(10).describe('most passes over the training rows in a search'),
  searchPatience: z
    .number()
    .int()
    .min(0)
    .default(1)
    .describe('passes without a better validation metric that end the search; 0 makes them all'),
  searchLearningRate: z.number().positive().default(1e-3).describe('step size of the weights in a search'),
  methodLearningRate: z
    .number()
    .min(0)
    .default(0)
    .describe("step size of the methods' weights; 0 for 1e-3, raised where a search has too few steps to choose"),
  temperatureFall: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('what the temperature loses a step, from 1 down to 0.01; 0 to reach that in the last pass'),
  gumbel: z.boolean().default(false).describe("Gumbel noise on the methods' weights while searching"),
  heldOut: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .describe("share of the training rows that only the methods' weights learn from, in a bilevel search"),
  prune: z
    .boolean()
    .default(true)
    .describe('also try the searched model without the pairs that validation does not need'),
  pruneTolerance: z
    .number()
    .min(0)
    .default(1e-4)
    .describe('how much the validation metric may fall when a pair is left out'),
  compare: z
    .array(z.enum([...methods, 'random']))
    .default([...methods, 'random'])
    .describe('what the searched methods are trained beside: all pairs alike, or drawn by the seed'),
  tolerance: z
    .number()
    .min(0)
    .default(0.001)
    .describe('how much worse by the validation metric a smaller choice may be and still be taken'),
  variant: z
    .enum(['corrected', 'original'])
    .default('corrected')
    .describe(
      "start of the tables: within sqrt(3 / (fields x width)), or that ratio's square as the authors' code has it",
    ),
  embeddingRegularization: option.embeddingRegularization(3e-8),
  networkRegularization: option.networkRegularization(0),
})

export type OptinterOptions = ReturnType<(typeof optinterOptions)['parse']>
