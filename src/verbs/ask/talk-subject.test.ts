import { expect, it } from 'vitest'
import { functionPredictor } from '../../lenses/index.ts'
import type { BundleFile } from '../../train/index.ts'
import type { Subject } from '../explain/subject.ts'
import { talkSubject } from './talk-subject.ts'

it('knows which fields of a run are times, and how finely', () => {
  const names = ['price', 'day', 'at']
  const fields = names.map(name => ({ name, type: 'numeric' as const }))
  const predictor = functionPredictor(() => 0, { name: 'm', fields, output: { kind: 'logit', names: ['y'] } })
  const rows = names.map(() => Float64Array.of(0, 1))
  const subject = { name: 'm', data: 'rows', predictor, rows, rowNumbers: Int32Array.of(1, 2), total: 2, output: 0 }
  const bundle = {
    system: 'fm',
    model: {},
    fields: [
      { name: 'price', type: 'numeric' },
      { name: 'day', type: 'timestamp', parts: [{ part: 'month' }] },
      { name: 'at', type: 'timestamp', parts: [{ part: 'hour' }] },
    ],
  }
  const told = talkSubject(subject as unknown as Subject, {}, { bundle: bundle as unknown as BundleFile })
  expect(told.vocabulary.fields.map(({ time }) => time)).toEqual([undefined, 'date', 'minute'])
})
