import { z } from 'zod'

/** Training settings without a flag of their own: `--set training.KEY=VALUE`. What is left out is the system's choice. */
export const trainingOptions = {
  name: 'training',
  group: 'training',
  options: z.object({
    optimizer: z.enum(['adam', 'adagrad', 'sgd', 'ftrl']).optional().describe('the update rule'),
    clipNorm: z.number().min(0).optional().describe('largest norm of the gradient; 0 for no limit'),
    embeddingRegularization: z.number().min(0).optional().describe('L2 penalty on whole embedding tables'),
    networkRegularization: z.number().min(0).optional().describe('L2 penalty on all other weights'),
    classWeights: z
      .union([z.enum(['none', 'balanced']), z.record(z.string(), z.number().min(0))])
      .optional()
      .describe('weight of each class in the loss: none, balanced, or a number a class'),
  }),
}

export type TrainingOptions = z.output<(typeof trainingOptions)['options']>
