import { drawTinyWorld } from '../../../data/index.ts'
import { defineSystem, tasks, z } from '../../../system/index.ts'
import { openBase, openRun } from '../shared/base.ts'
import { fitted } from './fitted.ts'
import { study } from './study.ts'
import { train } from './train.ts'

const count = (least: number, value: number, description: string) =>
  z.number().int().min(least).default(value).describe(description)

export const diffusion = defineSystem({
  name: 'diffusion',
  family: 'generation',
  summary: 'draws a picture of a text from noise; what erasers and other adapters are learned on',
  paper: {
    title: 'High-Resolution Image Synthesis with Latent Diffusion Models',
    venue: 'CVPR',
    year: 2022,
    code: 'CompVis/latent-diffusion',
  },
  task: tasks.captions,
  world: 'tiny-world',
  accelerated: true,
  options: z.object({
    patch: count(1, 2, 'pixels of a side that are folded into the channels of one place'),
    channels: count(1, 48, 'channels of the first level'),
    multipliers: z
      .array(z.number().int().min(1))
      .min(1)
      .max(6)
      .default([1, 2])
      .describe('channels by level, as multiples of the first; each level has half the side of the one before'),
    layersPerBlock: count(1, 1, 'residual blocks of a level'),
    heads: count(1, 4, 'heads of every attention'),
    groups: count(1, 8, 'groups of the group norms'),
    textWidth: count(2, 128, 'width of the features of a word'),
    textLayers: count(1, 2, 'layers of the text transformer'),
    textLength: count(3, 24, 'tokens of a text, start and end among them'),
    schedule: z
      .enum(['scaledLinear', 'linear', 'cosine'])
      .default('cosine')
      .describe('how noise grows over the 1,000 steps'),
    target: z
      .enum(['noise', 'velocity'])
      .default('velocity')
      .describe('what the network foretells of a noisy picture; noise is hard to tell where little of it is left'),
    minSnr: z
      .number()
      .min(0)
      .default(5)
      .describe('signal over noise above which a step counts no more (Min-SNR has 5); 0: all steps count alike'),
    average: z
      .number()
      .min(0)
      .max(1)
      .default(0.999)
      .describe("share of the weights' running average that a step keeps; the average is what is used"),
    epochs: count(1, 20, 'passes over the pictures'),
    batch: count(1, 32, 'pictures a step'),
    learningRate: z.number().positive().default(1e-3).describe('step size of Adam, falling along a cosine'),
    warmUp: count(0, 200, 'steps over which the rate rises'),
    drop: z.number().min(0).max(0.9).default(0.1).describe('share of texts left out, so that guidance is possible'),
    patience: count(1, 20, 'epochs without a smaller validation error before training stops'),
    steps: z.number().int().min(1).max(500).default(20).describe('steps of drawing (DDIM)'),
    guidance: z
      .number()
      .min(0)
      .max(30)
      .default(3)
      .describe('how far past the answer without a text the one with it is followed'),
  }),
  example: async ({ seed }) => ({
    data: drawTinyWorld({ seed, pictures: 6, side: 16 }),
    options: { patch: 4, channels: 8, multipliers: [1], heads: 2, groups: 4, textWidth: 16, textLayers: 1, steps: 4 },
  }),
  fit: async (captions, options, context) => {
    const start = context.from && openRun(context.from)
    const { base, parameters, valid, test } = await train(captions, options, context, start)
    return fitted(base, parameters, { valid, test })
  },
  load: async saved => fitted(openBase(saved)),
  study,
})
