import { option, z } from '../../../system/index.ts'
import { backbones } from '../shared/backbone.ts'

export const optfsOptions = z.object({
  backbone: z.enum(backbones).default('deepfm').describe('what makes interactions of the gated embeddings'),
  embeddingDimension: option.embeddingDimension(16),
  hidden: option.hidden([1024, 512, 256]),
  crossLayers: z.number().int().min(1).default(3).describe('cross layers of the dcn backbone'),
  activation: option.activation(),
  batchNorm: option.batchNorm(false),
  dropout: option.dropout(0),
  keep: z
    .number()
    .min(0)
    .max(0.99)
    .default(0)
    .describe('share of the values to keep; 0 tries several and takes the smallest that is as good'),
  penalties: z
    .array(z.number().positive())
    .min(1)
    .default([0.03, 0.1, 0.3, 1])
    .describe('penalties on the gates to begin with, each the sum over all values (lambda times their number)'),
  searches: z
    .number()
    .int()
    .min(0)
    .default(6)
    .describe('searches in all; those beyond the first penalties go where the share kept falls; 0 keeps every value'),
  tolerance: z
    .number()
    .min(0)
    .default(0.001)
    .describe('how much worse by the validation metric a smaller choice may be and still be taken'),
  searchEpochs: z.number().int().min(2).default(10).describe('passes over the training rows in a search'),
  finalTemperature: z.number().gt(1).default(200).describe('temperature of the gates in the last of them'),
  rewind: z.number().int().min(0).default(1).describe('epoch of the search, from 0, from whose start to train again'),
  gateLearningRate: z
    .number()
    .min(0)
    .default(0)
    .describe("step size of the gates; 0 for the weights', raised where a search has too few steps to close a gate"),
  embeddingRegularization: option.embeddingRegularization(1e-5),
  networkRegularization: option.networkRegularization(1e-5),
})

export type OptfsOptions = ReturnType<(typeof optfsOptions)['parse']>
