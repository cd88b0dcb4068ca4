import { z } from 'zod'
import { InterplayError } from '../errors/index.ts'
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
  Pick<TrainingSettings, 'epochs' | 'batch' | 'learningRate' | 'patience' | 'metric' | 'timeLimit' | 'seed'>
> {
  /** As `trainingOptions`. */
  training?: Record<string, unknown>
}

const integer = (least: number) => ({
  expected: `an integer >= ${least}`,
  holds: (value: number) => Number.isSafeInteger(value) && value >= least,
})

/** What the numbers of a request may be, as the flags of these names. */
const ranges = {
  epochs: integer(1),
  batch: integer(1),
  learningRate: { expected: 'a number >= 0', holds: (value: number) => Number.isFinite(value) && value >= 0 },
  patience: integer(1),
  timeLimit: { expected: 'a number of seconds > 0', holds: (value: number) => Number.isFinite(value) && value > 0 },
  seed: integer(0),
}

function requireRanges(request: TrainingRequest): void {
  const names = Object.keys(ranges) as (keyof typeof ranges)[]
  const faults = names.flatMap(name => {
    const value = request[name]
    return value === undefined || ranges[name].holds(value)
      ? []
      : [`${name} must be ${ranges[name].expected}, got '${String(value)}'`]
  })
  const [first, ...rest] = faults
  if (first) throw new InterplayError('option/invalid', first, { why: rest.join('\n') || undefined })
}

/** A request checked, for a target of this kind. @throws InterplayError `option/unknown`, `option/invalid` */
export function requestedSettings(request: TrainingRequest, kind: TargetSpec['kind']): Partial<TrainingSettings> {
  const { epochs, batch, learningRate, patience, metric, timeLimit, training = {} } = request
  requireRanges(request)
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
