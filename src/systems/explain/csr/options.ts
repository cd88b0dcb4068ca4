import { z } from '../../../system/index.ts'

const boxes = (description: string) =>
  z
    .array(z.tuple([z.number(), z.number(), z.number().positive(), z.number().positive()]))
    .default([])
    .describe(`${description}: [left, top, width, height] in pixels`)

export const csrOptions = z.object({
  stages: z
    .array(z.array(z.number().int().min(1)).min(1))
    .min(1)
    .max(6)
    .default([[16], [32], [64]])
    .describe(
      'channels of each block by stage; each stage but the last halves the map. A place that sees much more than a concept points beside it',
    ),
  prototypes: z.number().int().min(1).default(8).describe('prototypes of a concept; fewer where fewer images show it'),
  width: z.number().int().min(2).default(32).describe('width of a projected vector'),
  norm: z
    .enum(['layer', 'batch'])
    .default('layer')
    .describe('of the projector; batch statistics are of pooled vectors, not of places'),
  scale: z.number().positive().default(20).describe('lambda of the loss of prototypes'),
  sharpness: z.number().positive().default(1000).describe('gamma of the loss of prototypes'),
  margin: z.number().min(0).max(1).default(0.1).describe('delta of the loss of prototypes'),
  epochs: z.number().int().min(1).default(20).describe('passes over the training images that learn concepts'),
  prototypeEpochs: z.number().int().min(1).default(30).describe('passes over the concept vectors'),
  headEpochs: z.number().int().min(1).default(50).describe('passes over the scores that learn classes'),
  batch: z.number().int().min(2).default(32).describe('images a step'),
  learningRate: z.number().positive().default(3e-3).describe('step size of Adam while concepts are learned'),
  patience: z
    .number()
    .int()
    .min(1)
    .default(20)
    .describe('epochs without a better validation score before concepts stop'),
  drop: z
    .array(z.number().int().min(0))
    .default([])
    .describe(
      'prototypes, from 0, that a reviewer throws out of the run given by --from; the classes are learned anew',
    ),
  image: z.number().int().min(0).default(0).describe('the image, from 0, that is explained'),
  positive: boxes('where to look'),
  negative: boxes('where not to look'),
  reject: z.array(z.string()).default([]).describe('concepts that do not count in this image'),
  rejectBy: z
    .enum(['neutral', 'zero'])
    .default('neutral')
    .describe('what a rejected score becomes: its mean over training images without the concept, or 0'),
  alpha: z.number().min(0).max(1).default(0.2).describe('weight of places that do not count'),
})

export type CsrOptions = z.output<typeof csrOptions>
