import { describe, expect, it } from 'vitest'
import { plantedSubject } from '../planted.ts'
import { printProgram } from '../query/print.ts'
import { readProgram } from '../query/read.ts'
import type { Query } from '../query/schema.ts'
import { Interpreter } from './interpreter.ts'
import { typingDistance, wordsOf } from './words.ts'

const interpreter = new Interpreter(plantedSubject({ rows: 10 }).vocabulary)

function talkThrough(questions: readonly string[]): string[] {
  const past: Query[] = []
  return questions.map(question => {
    const reading = interpreter.read(question, past)
    if (reading.kind !== 'program') return reading.kind === 'refuse' ? `refuse ${reading.reason}` : 'clarify'
    for (const query of reading.program)
      if (query.operation === 'undo') past.pop()
      else past.push(query)
    return printProgram(reading.program)
  })
}

describe('scripted dialogues resolve what refers back', () => {
  it.each<[string, string][]>([
    [
      ['why row 3?', 'why where row = 3'],
      ['and row 9?', 'why where row = 9'],
    ],
    [
      ['how accurate is it for women?', 'score accuracy where sex = Female'],
      ['and for men?', 'score accuracy where sex = Male'],
    ],
    [
      ['accuracy for car loans', 'score accuracy where purpose = car'],
      ['only the women', 'score accuracy where (purpose = car and sex = Female)'],
    ],
    [
      ['predict row 4', 'predict where row = 4'],
      ['why?', 'why where row = 4'],
    ],
    [
      ['predict row 4', 'predict where row = 4'],
      ['why not the other?', 'flip where row = 4'],
      ['keep age as it is', 'flip keeping age where row = 4'],
    ],
    [
      ['what if row 4 had an income of 80?', 'whatif set income = 80 where row = 4'],
      ['and 90?', 'whatif set income = 90 where row = 4'],
    ],
    [
      ['what if the income of row 4 were 80?', 'whatif set income = 80 where row = 4'],
      ['what if it were 5 lower?', 'whatif lower income by 5 where row = 4'],
    ],
    [
      ['how important is age?', 'importance age'],
      ['what about savings?', 'importance savings'],
      ['for women', 'importance savings where sex = Female'],
    ],
    [
      ['do age and income interact?', 'interactions age, income'],
      ['and income and purpose?', 'interactions income, purpose'],
    ],
    [
      ['how does age affect the prediction?', 'effect age'],
      ['and income?', 'effect income'],
    ],
    [
      ['how many women are there', 'count where sex = Female'],
      ['how many of those are over 50', 'count where (sex = Female and age > 50)'],
      ['how accurate is it for them', 'score accuracy where (sex = Female and age > 50)'],
    ],
    [
      ['how many mistakes does it make', 'count where wrong'],
      ['show me some of them', 'show where wrong'],
    ],
    [
      ['average income', 'statistic mean income'],
      ['of women?', 'statistic mean income where sex = Female'],
    ],
    [
      ['error rate by purpose', 'failures by purpose'],
      ['and by sex?', 'failures by sex'],
    ],
    [
      ['show row 5', 'show where row = 5'],
      ['how sure is it?', 'certainty where row = 5'],
      ['who else is like it?', 'similar where row = 5'],
    ],
    [
      ['which features matter?', 'importance'],
      ['how do you know?', 'evidence'],
    ],
    [
      ['accuracy for women', 'score accuracy where sex = Female'],
      ['how many mistakes?', 'count where wrong'],
      ['undo', 'undo'],
      ['and for men?', 'score accuracy where sex = Male'],
    ],
    [
      ['show me row 7', 'show where row = 7'],
      ['is that right?', 'actual where row = 7'],
    ],
    [
      ['what if row 6 were a woman', 'whatif set sex = Female where row = 6'],
      ['and a man?', 'whatif set sex = Male where row = 6'],
    ],
    [
      ['auc for trips', 'score auc where purpose = trip'],
      ['what about cars?', 'score auc where purpose = car'],
      ['why?', 'why where purpose = car'],
    ],
  ])('%j', (...turns) => {
    expect(talkThrough(turns.map(([question]) => question))).toEqual(turns.map(([, query]) => query))
  })
})

describe('what is not clear is asked back, never guessed', () => {
  it.each([
    'why?',
    'women',
    'show me',
    'what if it were older?',
    'what would flip it?',
    'who is similar?',
    'hm',
    'blorp wimble',
    'age',
    'what if it were 5 lower',
  ])('%j', question => {
    expect(talkThrough([question])).toEqual(['clarify'])
  })
})

it.each([
  ['does age cause repaid?', 'refuse causal'],
  ['would more income increase repaid?', 'refuse causal'],
  ['should we give row 3 the loan?', 'refuse decision'],
  ['tell me a joke', 'refuse outside'],
  ['how important is shoe size?', 'refuse unknown'],
  ['accuracy for martians', 'refuse unknown'],
])('%j is refused with its reason', (question, expected) => {
  expect(talkThrough([question])).toEqual([expected])
})

it.each([
  ['how acurate is it for woemn', 'score accuracy where sex = Female'],
  ['average age of people with income between 20 and 40', 'statistic mean age where (income >= 20 and income <= 40)'],
  ['how many loans are not for a car', 'count where not purpose = car'],
  ['is it more accurate for men than for women?', 'score accuracy where sex = Male against sex = Female'],
  ['how many are older than 60 and have income under 30', 'count where (age > 60 and income < 30)'],
  ['if income were 10% higher for women what would it predict', 'whatif raise income by 10% where sex = Female'],
  [
    'how many women are there and how accurate is it on them',
    'count where sex = Female then score accuracy where sex = Female',
  ],
])('%j', (question, expected) => {
  expect(talkThrough([question])).toEqual([expected])
})

it('words: numbers, plurals, contractions, parts of names', () => {
  expect(wordsOf('1,200 women weren’t hours_per_week 50k').map(({ stem, number }) => number ?? stem)).toEqual([
    1200,
    'woman',
    'be',
    'not',
    'hour',
    'per',
    'week',
    50000,
  ])
  expect(typingDistance('woemn', 'women')).toBe(1)
})

describe('lenses of explain', () => {
  const { vocabulary } = plantedSubject({ rows: 10 })
  const lenses = [
    { name: 'blackbox-highdim', alias: 'rules', of: 'either' as const, fields: 0 },
    { name: 'fis-rashomon', alias: 'rashomon', of: 'rows' as const, fields: 0 },
    { name: 'influence-ekfac', alias: 'influence', of: 'either' as const, fields: 0 },
    { name: 'sobol', of: 'rows' as const, fields: 0 },
    { name: 'causal-de-finetti', alias: 'causal', of: 'rows' as const, fields: 1 },
    { name: 'multimodal-interactions', alias: 'modalities', of: 'rows' as const, fields: 2 },
  ]
  const seeing = new Interpreter({ ...vocabulary, lenses })
  const read = (question: string, past: readonly Query[] = []) => {
    const reading = seeing.read(question, past)
    return reading.kind === 'program' ? printProgram(reading.program) : reading.kind
  }

  it.each([
    ['what are the rules for women?', 'lens rules where sex = Female'],
    ['which rule does row 3 follow?', 'lens rules where row = 3'],
    ['do other good models agree?', 'lens rashomon'],
    ['is it an accident of this one model?', 'lens rashomon'],
    ['which training loans made row 3?', 'lens influence where row = 3'],
    ['which training loans have wrong labels?', 'lens influence'],
    ['show me the sobol indices', 'lens sobol'],
    ['how redundant are age and income?', 'lens modalities of age, income'],
    ['what is identified across the environments of purpose?', 'lens causal of purpose'],
    ['what is identified across environments?', 'clarify'],
    ['does age cause repaid?', 'refuse'],
    ['what influences the prediction most?', 'importance'],
    ['is there synergy between age and income?', 'interactions age, income'],
  ])('%j', (question, expected) => {
    expect(read(question)).toBe(expected)
  })

  it('of the row asked about before, and none where there are none', () => {
    const past = readProgram('why where row = 3')
    expect(read('which training rows are behind that?', past)).toBe('lens influence where row = 3')
    expect(read('do other good models agree?', past)).toBe('lens rashomon')
    expect(talkThrough(['do other good models agree?'])[0]).not.toMatch(/^lens/)
  })
})
