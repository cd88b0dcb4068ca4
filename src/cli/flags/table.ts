import { flag } from './flag.ts'
import { integer, text } from './kind.ts'
import { list } from './list.ts'
import { listPairs, textPairs } from './pairs.ts'
import { batch, learningRate, shared } from './shared.ts'

/** How a table becomes inputs, where a model of it is trained. */
export const tableFlags = {
  split: flag(text, 'how rows are parted: random, time:F, key:F or given:F', { value: 'HOW', default: 'random' }),
  type: flag(
    textPairs('FIELD=TYPE'),
    'the type of a field where the one inferred is wrong; numeric:SCALING, sequence:SEPARATOR, timestamp:FORM',
    {
      value: 'F=TYPE',
      repeat: true,
    },
  ),
  role: flag(listPairs('ROLE=FIELD,...'), 'the fields that play a role', { value: 'ROLE=F,...', repeat: true }),
  ignore: flag(list, 'fields to leave out', { value: 'F,...' }),
  where: shared.where,
}

/** How the network of a table is trained. */
export const trainingFlags = {
  epochs: flag(integer({ min: 1 }), 'most passes over the training rows', { value: 'N', default: '100' }),
  batch,
  learningRate,
  patience: flag(integer({ min: 1 }), 'epochs without a better validation metric before it stops', {
    value: 'N',
    default: '2',
  }),
  metric: flag(text, 'what validation watches', { value: 'NAME', default: 'auto' }),
}

type Choice = 'batch' | 'learningRate' | 'metric'

/** `auto` leaves the choice to the verb. */
export function ownChoice(options: { [K in Choice]?: string | number }) {
  const given = <T extends string | number>(value: T | undefined) => (value === 'auto' ? undefined : value)
  return {
    batch: given(options.batch) as number | undefined,
    learningRate: given(options.learningRate) as number | undefined,
    metric: given(options.metric) as string | undefined,
  }
}
