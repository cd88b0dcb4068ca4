import { fishers, strategies } from '../../../lenses/index.ts'
import { z } from '../../../system/index.ts'

export const influenceOptions = z.object({
  strategy: z
    .enum(strategies)
    .default('ekfac')
    .describe('how the curvature of a layer is kept; identity: not at all, gradients are multiplied as they are'),
  damping: z.number().min(0).default(0.1).describe("added to the curvature, as a share of each layer's mean"),
  fisher: z
    .enum(fishers)
    .default('expected')
    .describe('labels of the curvature: all by their probability, one drawn for each row, or those of the data'),
  widest: z.number().int().min(1).default(1024).describe('layers that read or give more are left out'),
})
