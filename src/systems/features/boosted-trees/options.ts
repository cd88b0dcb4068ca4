import { z } from 'zod'

/** Defaults are LightGBM's, so that a comparison at "the defaults" compares like with like; early stopping alone is on here. */
export const boostedTreesOptions = z.object({
  trees: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('boosting rounds; a multiclass round grows one tree a class'),
  leaves: z
    .number()
    .int()
    .min(2)
    .max(65_536)
    .default(31)
    .describe('leaves a tree may have; the leaf of largest gain is split next'),
  learningRate: z.number().positive().max(1).default(0.1).describe('shrinkage of every tree'),
  bins: z
    .number()
    .int()
    .min(2)
    .max(255)
    .default(255)
    .describe('bins a numeric field is cut into, the one for missing cells included'),
  l2: z.number().min(0).default(0).describe('ridge penalty on leaf values'),
  minRows: z.number().int().min(1).default(20).describe('rows a leaf must hold'),
  minHessian: z
    .number()
    .min(0)
    .default(1e-3)
    .describe('sum of second derivatives a leaf must hold (minimum child weight)'),
  minGain: z.number().min(0).default(0).describe('gain a split must exceed'),
  featureFraction: z.number().positive().max(1).default(1).describe('share of the fields each tree may use'),
  rowFraction: z
    .number()
    .positive()
    .max(1)
    .default(1)
    .describe('share of the rows each tree is grown on, without replacement'),
  oneHotCategories: z
    .number()
    .int()
    .min(0)
    .default(4)
    .describe('fields of at most so many categories are split one against the rest'),
  maxCategories: z.number().int().min(1).default(32).describe('categories on the smaller side of a split'),
  categorySmooth: z
    .number()
    .min(0)
    .default(10)
    .describe('smoothing of the order of categories; also the rows a category needs to be split on'),
  categoryL2: z
    .number()
    .min(0)
    .default(10)
    .describe('further ridge penalty where categories are split many against many'),
  minRowsPerCategory: z
    .number()
    .int()
    .min(1)
    .default(100)
    .describe('rows between two tried cuts of the ordered categories'),
  patience: z
    .number()
    .int()
    .min(0)
    .default(20)
    .describe('rounds without a better validation metric before stopping; 0 grows every tree'),
  metric: z
    .enum(['auto', 'auc', 'logLoss', 'rmse'])
    .default('auto')
    .describe('what early stopping watches: auto is logLoss for classes, rmse for numbers'),
})

export type BoostedTreesOptions = z.infer<typeof boostedTreesOptions>
