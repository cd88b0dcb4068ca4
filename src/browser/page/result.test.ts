import { expect, it } from 'vitest'
import type { Learned } from './messages.ts'
import { faultOf } from './fault.ts'
import { measureOf } from './measure.ts'
import { answerText, endingOf } from './result.ts'
import { InterplayError } from '../../errors/index.ts'

const learned = {
  target: 'damage',
  positive: 'yes',
  stopped: 'interrupted',
  epochs: 0,
  best: 0,
  seconds: 1.2,
} as Learned

it('an answer names the target that was learned', () => {
  expect(answerText({ probability: 0.25, label: 'no' }, learned)).toBe('Probability of damage yes: 0.2500; label no')
  expect(answerText({ value: 21_781 }, { ...learned, target: 'price' })).toBe('price: 21,780')
})

it('a training that ends within its first epoch has no epoch to count or to take weights from', () => {
  expect(endingOf(learned)).toBe('stopped at your request within the first epoch in 1.2 s; weights of the last step')
  expect(endingOf({ ...learned, stopped: 'epochs', epochs: 1, best: 1 })).toBe(
    'finished after 1 epoch in 1.2 s; weights of epoch 1',
  )
})

it('losses of a value are drawn in its unit, beside the validation RMSE', () => {
  const price = measureOf({ name: 'price', deviation: 20 })
  expect(price).toMatchObject({ name: 'rmse', unit: 'units of price' })
  expect(price.of(0.25)).toBe(10)
  expect(measureOf({ name: 'sold' }).of(0.25)).toBe(0.25)
})

it('a fault leaves the flags of the command line out', () => {
  const flagged = new InterplayError('data/target-null', "target 'y' is empty in 1 row", {
    try: '--where "y IS NOT NULL"',
  })
  expect(faultOf(flagged)).toEqual({ code: 'data/target-null', message: "target 'y' is empty in 1 row" })
  expect(faultOf(new InterplayError('data/x', 'x', { try: 'save it with commas' }))).toMatchObject({
    try: 'save it with commas',
  })
})
