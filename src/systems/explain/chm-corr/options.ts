import { z } from '../../../system/index.ts'

const count = (least: number, value: number, description: string) =>
  z.number().int().min(least).default(value).describe(description)

export const corrOptions = z.object({
  shortlist: count(1, 50, 'images that a query is compared with, the nearest by mean features'),
  voters: count(1, 20, 'images that vote'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.55)
    .describe('of the attention: share of the way to its greatest value'),
  strongest: count(1, 5, 'pairs of patches that score without a person, and that are shown'),
  edited: z
    .enum(['mean', 'strongest'])
    .default('mean')
    .describe("score with a person's mask: the mean over all cells, as published, or the strongest as without one"),
  widths: z
    .array(z.number().int().min(1))
    .min(1)
    .max(6)
    .default([32, 64, 128])
    .describe('channels by stage of the backbone; each halves the map'),
  epochs: count(1, 30, 'passes of the backbone over the training images'),
  batch: count(2, 64, 'images a step'),
  learningRate: z.number().positive().default(1e-3).describe('step size of Adam'),
  patience: count(1, 5, 'passes without a better accuracy before training stops'),
})
