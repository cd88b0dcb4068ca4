import { describe, expect, it } from 'vitest'
import { printProgram } from './query/print.ts'
import { asCoarse, readSuite, translateProgram } from './talk-to-model.ts'

const context = {
  fields: ['Age', 'BMI', 'months_in_jail', 'woman'],
  classes: ['no', 'yes'],
  before: { kind: 'compare', field: 'Age', operator: '>', value: 30 } as const,
}

it('reads questions with their programs', () => {
  const text = 'how many are old?\nfilter age greater than 50 and countdata [E]\n\nand why?\nexplain features [E]\n'
  expect(readSuite(text)).toEqual([
    { question: 'how many are old?', program: 'filter age greater than 50 and countdata [E]' },
    { question: 'and why?', program: 'explain features [E]' },
  ])
})

describe('programs of TalkToModel in the query language', () => {
  it.each([
    ['filter age greater than 50 and countdata', 'count where Age > 50'],
    ['filter bmi less equal than 30 or filter woman true and likelihood', 'predict where (BMI <= 30 or woman = 1)'],
    ['filter id 100 and explain features and explain cfe', 'why where row = 100 then flip where row = 100'],
    ['filter monthsinjail equal to 2 and mistake sample', 'show where (months_in_jail = 2 and wrong)'],
    [
      'filter labelfilter 1 and filter predictionfilter 0 and predict',
      'predict where (actual = yes and predicted = no)',
    ],
    ['previousfilter and score roc', 'score auc where Age > 30'],
    ['change bmi decrease 5 and filter woman false and predict', 'whatif lower BMI by 5 where woman = 0'],
    ['change age set 20 and previousoperation', 'whatif set Age = 20'],
    ['important topk 3', 'importance top 3'],
    ['important age and important bmi', 'importance Age then importance BMI'],
    ['mistake typical', 'failures'],
    ['statistic age', 'statistic values Age'],
    ['define bmi', 'describe BMI'],
  ])('%j', (source, expected) => {
    const translated = translateProgram(`${source} [E]`, context)
    expect(translated.kind === 'program' ? printProgram(translated.program) : translated.why).toBe(expected)
  })

  it.each([
    ['filter age equal to two and predict', 'malformed'],
    ['filter shoesize equal to 2 and predict', 'malformed'],
    ['filter id 8 and change glucose bmi 250 and likelihood', 'malformed'],
    ['change age increase 3 and important age', 'not expressible'],
    ['filter woman true', 'not expressible'],
  ])('%j is %s', (source, why) => {
    expect(translateProgram(`${source} [E]`, context)).toEqual({ kind: 'none', why })
  })
})

it('leaves out what that language does not say', () => {
  expect(asCoarse({ operation: 'show', top: 5, by: 'error' })).toEqual({ operation: 'show' })
  expect(asCoarse({ operation: 'statistic', figure: 'mean', field: 'Age' })).toMatchObject({ figure: 'values' })
})
