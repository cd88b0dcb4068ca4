import { z } from '../../../system/index.ts'

/** A network for small pictures, and the authors' VGG-11 for 224 pixels. */
const variants = {
  small: { stages: [[16], [32], [32]], grid: 1, hidden: [] },
  vgg11: { stages: [[64], [128], [256, 256], [512, 512], [512, 512]], grid: 7, hidden: [4096, 4096] },
}

export const attributions = ['integrated-gradients', 'smooth-squared', 'relevance', 'saliency', 'occlusion'] as const

export const cbmOptions = z.object({
  variant: z.enum(['small', 'vgg11']).default('small').describe('a network for small pictures, or the authors’ VGG-11'),
  stages: z
    .array(z.array(z.number().int().min(1)).min(1))
    .max(6)
    .default([])
    .describe("channels of each block by stage, each stage of half the side; none for the variant's"),
  regime: z
    .enum(['independent', 'sequential', 'joint', 'standard'])
    .default('independent')
    .describe('classes learn from true concepts, from predicted ones, with the concepts, or without them'),
  between: z.enum(['sigmoid', 'logits']).default('sigmoid').describe('what of a concept goes on to the classes'),
  conceptWeight: z
    .number()
    .positive()
    .default(0.1)
    .describe('weight of the concepts beside the class, of joint training'),
  balance: z.boolean().default(false).describe('weigh present and absent concepts alike'),
  groundingWeight: z
    .number()
    .min(0)
    .default(0)
    .describe('penalty on input gradients outside the region of a concept, where regions are known'),
  dropout: z.number().min(0).max(0.95).default(0.5).describe('share of hidden units dropped while training'),
  epochs: z.number().int().min(1).default(30).describe('passes over the training images'),
  batch: z.number().int().min(2).default(32).describe('images a step; statistics need 32 or more'),
  learningRate: z.number().positive().default(5e-3).describe('step size of Adam, falling along a cosine'),
  patience: z
    .number()
    .int()
    .min(1)
    .default(30)
    .describe('epochs without a better validation score before training stops'),
  attribution: z
    .enum(attributions)
    .default('integrated-gradients')
    .describe('how it is measured where a concept is read from'),
  images: z.number().int().min(1).default(60).describe('images that are looked at'),
  steps: z.number().int().min(2).default(25).describe('points of the path of integrated gradients'),
  image: z.number().int().min(0).default(0).describe('the image, from 0, whose concepts are corrected'),
  correct: z
    .record(z.string(), z.union([z.literal(0), z.literal(1)]))
    .default({})
    .describe('concepts of that image that a person says are there (1) or not (0)'),
})

export type CbmOptions = Omit<z.output<typeof cbmOptions>, 'variant'> & { grid: number; hidden: number[] }

/** The variant's sizes under the given ones. */
export function resolved({ variant, ...given }: z.output<typeof cbmOptions>): CbmOptions {
  const { stages, ...rest } = variants[variant]
  return { ...given, ...rest, stages: given.stages.length > 0 ? given.stages : stages }
}
