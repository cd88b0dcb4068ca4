import { z } from 'zod'
import { metric as metricNamed } from '../metrics/index.ts'
import type { TargetSpec } from '../nn/index.ts'
import { parseOptions } from '../system/options.ts'
import type { TrainingSettings } from './settings.ts'

/** Training settings without a flag of their own: `--set training.KEY=VALUE`. What is left out is the system's choice. */
export const trainingOptions = {
  name: 'training',
  group: 'training',
  options: z.object({
    optimizer: z.enum(['adam', 'adagrad', 'sgd', 'ftrl']).optional().describe('the update rule'),
    clipNorm: z.number().min(0).optional().describe('largest norm of the gradient; 0 for no limit'),
    plateauFactor: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe('what an epoch without a gain multiplies the learning rate by; 1 for none'),
    embeddingRegularization: z.number().min(0).optional().describe('L2 penalty on whole embedding tables'),
    networkRegularization: z.number().min(0).optional().describe('L2 penalty on all other weights'),
    classWeights: z
      .union([z.enum(['none', 'balanced']), z.record(z.string(), z.number().min(0))])
      .optional()
      .describe('weight of each class in the loss: none, balanced, or a number a class'),
  }),
}

export type TrainingOptions = z.output<(typeof trainingOptions)['options']>

/** What a person may say of training, in the words of the flags. */
export interface TrainingRequest extends Partial<
  Pick<TrainingSettings, 'epochs' | 'batch' | 'learningRate' | 'patience' | 'metric' | 'timeLimit'>
> {
  /** As `trainingOptions`. */
  training?: Record<string, unknown>
}

/** A request checked, for a target of this kind. @throws InterplayError `option/unknown`, `option/invalid` */
export function requestedSettings(request: TrainingRequest, kind: TargetSpec['kind']): Partial<TrainingSettings> {
  const { epochs, batch, learningRate, patience, metric, timeLimit, training = {} } = request
  return {
    epochs,
    batch,
    learningRate,
    patience,
    metric: metric && metricNamed(metric, kind).name,
    ...parseOptions(trainingOptions, training),
    timeLimit,
  }
}
