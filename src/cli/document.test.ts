import { expect, it } from 'vitest'
import { documentLine, documentText } from './document.ts'

it('writes numbers at full precision, and null with a reason for those that are none', () => {
  const document = {
    auc: 0.1 + 0.2,
    loss: NaN,
    test: { auc: -Infinity, reason: 'one class' },
    rates: [NaN],
    none: null,
  }
  expect(JSON.parse(documentText(document))).toEqual({
    auc: 0.30000000000000004,
    loss: null,
    reason: 'loss is not a number',
    test: { auc: null, reason: 'one class' },
    rates: [null],
    none: null,
  })
  expect(documentLine({ a: 1, b: [2] })).toBe('{"a":1,"b":[2]}')
  expect(documentText({ a: 1 })).toBe('{\n  "a": 1\n}')
})
