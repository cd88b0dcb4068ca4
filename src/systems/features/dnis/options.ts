import { option, z } from '../../../system/index.ts'

export const dnisOptions = z.object({
  model: z.enum(['deepfm', 'fm', 'mlp', 'mf']).default('deepfm').describe('what makes interactions of the vectors'),
  embeddingDimension: option.embeddingDimension(64),
  hidden: option.hidden([400, 400, 400]),
  blocks: z
    .number()
    .int()
    .min(1)
    .default(10)
    .describe('equal parts of all values by frequency, each with widths of its own'),
  groups: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('equal parts of the dimensions that are weighed together; 0 weighs every one alone'),
  space: z
    .enum(['free', 'embedding-block', 'feature-block'])
    .default('free')
    .describe('a weight a block and group, a number of groups a block, or a number of blocks a group'),
  normalize: z.boolean().default(false).describe("divide a block's weights by their sum"),
  warmEpochs: z.number().int().min(1).default(20).describe('most passes over the training rows before the search'),
  searchEpochs: z.number().int().min(0).default(20).describe('passes of the search; 0 keeps one width'),
  selectionRate: z.number().positive().default(0.01).describe('step size of the weights of dimensions'),
  selectionPenalty: z.number().min(0).default(1e-5).describe('L1 penalty on the weights of dimensions'),
  heldOut: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .describe('share of the training rows that only the weights of dimensions learn from'),
  prune: z
    .number()
    .min(0)
    .max(0.99)
    .default(0)
    .describe('share of all numbers in the table to drop; 0 tries several and takes the smallest that is as good'),
  retrainEpochs: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('most passes in which what a pruned table has kept is trained on; 0 uses what the search left'),
  tolerance: z
    .number()
    .min(0)
    .default(0.001)
    .describe('how much worse by the validation metric a smaller choice may be and still be taken'),
  embeddingRegularization: option.embeddingRegularization(0),
  networkRegularization: option.networkRegularization(0),
})

export type DnisOptions = ReturnType<(typeof dnisOptions)['parse']>
