import {
  functionPredictor,
  lossNames,
  maskedPredictor,
  maskKinds,
  rashomonCloud,
  shuffles,
} from '../../../lenses/index.ts'
import { defineSystem, tasks, z } from '../../../system/index.ts'
import { explanationOf } from './explanation.ts'
import { study } from './study.ts'
import { productRows } from './worlds.ts'

export const fisRashomon = defineSystem({
  name: 'fis-rashomon',
  family: 'explain',
  summary: 'how far an interaction varies among the models that are about as good',
  paper: {
    title: 'Exploring the cloud of feature interaction scores in a Rashomon set',
    venue: 'ICLR',
    year: 2024,
    code: 'Sichao-Li/generalized_rashomon_set',
  },
  task: tasks.labelled,
  options: z.object({
    loss: z
      .enum(['usual', ...lossNames])
      .default('usual')
      .describe('what a good model is good at; usual: log loss of two values, squared error of numbers'),
    epsilonRate: z.number().gt(0).default(0.1).describe('how much worse a good model may be, as a share of the loss'),
    epsilon: z.number().min(0).default(0).describe('the same in units of the loss; 0: the share'),
    mask: z
      .enum(maskKinds)
      .default('scale')
      .describe('how the dial of a number is turned: scale multiplies, shift adds'),
    shuffle: z
      .enum(shuffles)
      .default('together')
      .describe('the columns of a set by one permutation, or each by its own'),
    order: z.number().int().min(2).max(4).default(2).describe('fields of a set'),
    sets: z.number().int().min(1).default(8).describe('sets that get a cloud, the strongest of the model first'),
    models: z.number().int().min(0).default(64).describe('models drawn along random directions'),
    repeats: z.number().int().min(1).default(3).describe('permutations averaged over'),
    rows: z.number().int().min(2).default(500).describe('rows that losses are measured on, at most'),
  }),
  example: () => {
    const { columns, labels } = productRows(200, 1)
    const fields = ['x1', 'x2', 'x3']
    const subject = functionPredictor(([a, b, c]) => a! * b! + c!, { name: 'product', fields })
    return Promise.resolve({ data: { columns, labels }, subject })
  },
  async explain(subject, { columns, labels }, { mask, loss, epsilon, ...options }, { seed, signal, progress }) {
    const cloud = await rashomonCloud(maskedPredictor(subject, columns, { mask }), columns, labels, {
      ...options,
      loss: loss === 'usual' ? undefined : loss,
      epsilon: epsilon > 0 ? epsilon : undefined,
      seed,
      signal,
      onProgress: ({ done, total }) => progress({ stage: 'model', done, total }),
    })
    return { ...explanationOf(cloud), complete: cloud.complete }
  },
  study,
})
