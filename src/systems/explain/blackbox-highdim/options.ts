import { companions, mimicked } from '../../../lenses/index.ts'
import { z } from '../../../system/index.ts'

export const rulesOptions = z.object({
  top: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('columns that the rules speak of; 0: as few as reach within a hundredth of the best'),
  leaves: z.number().int().min(2).default(32).describe('leaves of the tree, at most'),
  mimic: z
    .enum(mimicked)
    .default('labels')
    .describe('what the tree learns of the model: the classes it calls, or their probabilities'),
  beside: z
    .array(z.enum(companions))
    .default([...companions])
    .describe('surrogates whose fidelity is set beside the tree'),
  made: z
    .number()
    .int()
    .min(0)
    .default(2000)
    .describe('rows made of those given, which the model answers for the trees to learn from'),
  trees: z.number().int().min(1).default(100).describe('trees of a forest, and rounds of boosting'),
  repeats: z.number().int().min(1).default(3).describe('shuffles of a column averaged over'),
  resamples: z
    .number()
    .int()
    .min(0)
    .default(10)
    .describe('resamples of the rows that the order of columns is tried on'),
  candidates: z
    .number()
    .int()
    .min(2)
    .default(300)
    .describe('columns looked at one by one; of more, bins of correlated ones are shuffled first'),
  pairs: z.number().int().min(0).max(12).default(6).describe('of how many of the first columns the pairs are measured'),
})
