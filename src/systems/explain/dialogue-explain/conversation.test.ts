import { describe, expect, it } from 'vitest'
import { functionPredictor, partialDependenceFlatness } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import { Conversation, refusalOf, type Reply } from './conversation.ts'
import type { LanguageModel } from './language-model.ts'
import { plantedLogOdds, plantedSubject } from './planted.ts'
import { executorAgreement } from './truth.ts'

const budget = 3000
const fresh = (languageModel?: LanguageModel) => new Conversation(plantedSubject(), { budget, languageModel })
const answersOf = (reply: Reply) => {
  if (reply.kind !== 'answers') throw new Error(`no answer: ${JSON.stringify(reply)}`)
  return reply.answers
}

describe('principle 1: a question is understood and given a fitting answer', () => {
  it('takes a compound question apart', async () => {
    const reply = await fresh().ask('predict row 3 and tell me why')
    expect(answersOf(reply).map(({ query }) => query.operation)).toEqual(['predict', 'why'])
  })

  it('also takes the query language, and says where it is wrong', async () => {
    const [answer] = answersOf(await fresh().ask('count where (purpose = car and age < 40)'))
    expect(answer!.program).toBe('count where (purpose = car and age < 40)')
    await expect(fresh().ask('count where (purpose = car and age <)')).rejects.toMatchObject({ code: 'ask/query' })
  })
})

describe('principle 2: every answer has its numbers, their uncertainty, and its evidence', () => {
  const questions = [
    'why row 3?',
    'why are women predicted to be repaid?',
    'what would flip row 3?',
    'what if row 3 had an income of 90?',
    'what if all women were men',
    'predict row 3',
    'predict car',
    'who else is like row 3?',
    'how sure is it about row 3?',
    'are the probabilities reliable for women?',
    'which features matter?',
    'which features act together?',
    'do income and purpose interact?',
    'how does income affect the prediction?',
    'where does it fail?',
    'how good is it for women?',
    'is it more accurate for men than for women?',
    'how many women are there?',
    'average income of women',
    'what share is repaid?',
    'show the 3 worst mistakes',
  ]
  it('whatever is asked', async () => {
    const conversation = fresh()
    for (const question of questions) {
      const [answer] = answersOf(await conversation.ask(question))
      const { values, evidence, sentences } = answer!
      expect(values.length, question).toBeGreaterThan(0)
      for (const { value, low, high, reason } of values) {
        expect(value === null || Number.isFinite(value), question).toBe(true)
        if (low === null || high === null) expect(reason, question).toMatch(/\w/)
        else expect(low <= value! && value! <= high, question).toBe(true)
      }
      expect(sentences.join(), question).toMatch(/\d/)
      expect(evidence).toMatchObject({ of: 400, method: expect.any(String), rows: expect.any(Number) })
      const asked = await conversation.ask('how do you know?')
      expect(asked).toMatchObject({ kind: 'evidence', answers: [answer] })
    }
  })

  it('groups carry the accuracy of the model on them, explanations their faithfulness', async () => {
    const conversation = fresh()
    const [group] = answersOf(await conversation.ask('predict women'))
    expect(group!.evidence.quality).toMatchObject({ name: 'accuracy' })
    const [why] = answersOf(await conversation.ask('why row 3?'))
    expect(why!.evidence.faithfulness).toMatch(
      /^replacing the first 2 moves the answer by .* names what the model uses$/,
    )
  })

  it('attributions add up to the answer, and fields of no use get none', async () => {
    const { rows } = plantedSubject()
    const [answer] = answersOf(await fresh().ask('why row 3?'))
    const of = (name: string) => answer!.values.find(value => value.name === name)!.value!
    expect(of('savings')).toBeCloseTo(0, 9)
    expect(of('sex')).toBeCloseTo(0, 9)
    expect(plantedLogOdds(rows.map(column => column[2]!))).toBeCloseTo(
      answer!.values.reduce((sum, { value }) => sum + value!, 0) +
        Number(/get ([-.\d]+) on/.exec(answer!.sentences[0]!)![1]),
      1,
    )
  })

  it('agrees with plain loops over the rows', async () => {
    const { agree, of, first } = await executorAgreement(60, 2)
    expect(first).toBeUndefined()
    expect(agree).toBe(of)
  })

  it('ranks the planted pair first', async () => {
    const [answer] = answersOf(await fresh().ask('which features act together?'))
    expect(answer!.values[0]!.name.split(' × ').sort()).toEqual(['income', 'purpose'])
    const random = new Random(1, 'product')
    const columns = [0, 1, 2].map(() => new Float64Array(200).map(() => random.normal()))
    const product = functionPredictor(row => row[0]! * row[1]! + row[2]!, { fields: ['x1', 'x2', 'x3'] })
    const flatness = async (i: number, j: number) => (await partialDependenceFlatness(product, columns, [i, j])).value
    expect(await flatness(0, 1)).toBeGreaterThan(10 * Math.max(await flatness(0, 2), await flatness(1, 2)))
  })
})

describe('principle 3: what was said is kept', () => {
  it('follow-ups, undo and pins', async () => {
    const conversation = fresh()
    await conversation.ask('how accurate is it for women?')
    const [men] = answersOf(await conversation.ask('and for men?'))
    expect(men!.program).toBe('score accuracy where sex = Male')
    await conversation.ask('pin that')
    expect(conversation.pinned).toEqual([men])
    expect(await conversation.ask('undo')).toMatchObject({
      kind: 'note',
      message: expect.stringContaining('sex = Female'),
    })
    const [narrowed] = answersOf(await conversation.ask('only those over 50'))
    expect(narrowed!.program).toBe('score accuracy where (sex = Female and age > 50)')
    expect(conversation.replies).toHaveLength(5)
  })

  it('names a planted leak within four questions', async () => {
    const conversation = new Conversation(plantedSubject({ leak: true }), { budget })
    await conversation.ask('how good is it?')
    const [answer] = answersOf(await conversation.ask('which features matter?'))
    expect(answer!.values[0]!.name).toBe('stamp')
  })

  it('a what-if leaves the rows as they were', async () => {
    const subject = plantedSubject()
    const before = subject.rows.map(column => column.slice())
    await new Conversation(subject).ask('what if all women were men')
    expect(subject.rows).toEqual(before)
  })
})

it('principle 4: what was computed is not computed again', async () => {
  const conversation = fresh()
  await conversation.ask('which features matter?')
  const { predictions } = conversation.bench.predictor.cost
  await conversation.ask('which features are important?')
  expect(conversation.bench.predictor.cost.predictions).toBe(predictions)
})

describe('principle 5: other models, other words, and what cannot be answered', () => {
  it('a target that is a number', async () => {
    const random = new Random(1, 'numbers')
    const rows = [0, 1].map(() => new Float64Array(200).map(() => random.uniform()))
    const predictor = functionPredictor(row => 3 * row[0]! + row[1]!, { fields: ['size', 'depth'] })
    const labels = rows[0]!.map((value, r) => 3 * value + rows[1]![r]! + random.normal() / 10)
    const vocabulary = {
      name: 'holes',
      fields: predictor.fields.map(({ name }) => ({ name, type: 'numeric' as const })),
      target: { name: 'price', kind: 'regression' as const, classes: [] },
    }
    const rowNumbers = Int32Array.from({ length: 200 }, (_, r) => r + 1)
    const row = (number: number) =>
      number <= 200
        ? { cells: Float64Array.from(rows, column => column[number - 1]!), label: labels[number - 1]! }
        : undefined
    const conversation = new Conversation(
      { name: 'holes', vocabulary, predictor, output: 0, units: 'euro', rows, rowName: 'row', rowNumbers, labels, row },
      { budget },
    )
    for (const question of [
      'how good is it?',
      'how sure is it about row 3?',
      'why row 3?',
      'what would flip row 3?',
      'what if the depth of row 3 were 0.9?',
      'predict row 3',
      'what really happened in row 3?',
    ])
      expect(answersOf(await conversation.ask(question))[0]!.values.length, question).toBeGreaterThan(0)
    await expect(conversation.ask('where does it fail?')).rejects.toMatchObject({ code: 'ask/needs' })
  })

  it.each([
    ['does age cause repaid?', 'ask/unanswerable', /association only/],
    ['accuracy for martians', 'ask/unanswerable', /no field and no value of loans/],
    ['why?', 'ask/unclear', /name a row or a group/],
  ])('%j', async (question, code, message) => {
    expect(refusalOf(await fresh().ask(question))).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('a row that is not there, and a group that is empty by the condition that emptied it', async () => {
    await expect(fresh().ask('why row 4000?')).rejects.toMatchObject({ code: 'data/no-row' })
    await expect(fresh().ask('how many women are over 200')).rejects.toMatchObject({
      code: 'ask/no-rows',
      message: 'no row is left by age > 200',
      try: 'count where sex = Female',
    })
  })

  it('what is in a cell commands nothing', async () => {
    const subject = plantedSubject()
    const values = ['car', 'count where row = 1', '\u001b[31mundo', '<b>pin that</b>']
    const hostile = {
      ...subject,
      vocabulary: {
        ...subject.vocabulary,
        fields: subject.vocabulary.fields.map(field => (field.name === 'purpose' ? { ...field, values } : field)),
      },
    }
    const predictor = {
      ...subject.predictor,
      fields: subject.predictor.fields.map(field => (field.name === 'purpose' ? { ...field, values } : field)),
    }
    const conversation = new Conversation({ ...hostile, predictor }, { budget })
    const [answer] = answersOf(await conversation.ask('what purposes are there?'))
    expect(JSON.stringify(answer)).not.toContain('\\u001b')
    expect(conversation.pinned).toHaveLength(0)
    expect(conversation.past).toHaveLength(1)
  })
})

describe('a language model', () => {
  it('translates to the query language; what it makes up is dropped for the grammar', async () => {
    const translate: LanguageModel['translate'] = async ({ question }) =>
      question.startsWith('wie')
        ? [{ operation: 'count', where: { kind: 'compare', field: 'sex', operator: '=', value: 'Female' } }]
        : [{ operation: 'count', where: { kind: 'compare', field: 'shoes', operator: '=', value: 'red' } }]
    const conversation = fresh({ translate })
    expect(answersOf(await conversation.ask('wie viele Frauen?'))[0]!.program).toBe('count where sex = Female')
    expect(answersOf(await conversation.ask('how many men?'))[0]!.program).toBe('count where sex = Male')
  })

  it('words the answer, but no number that was not computed', async () => {
    const translate: LanguageModel['translate'] = async () => [{ operation: 'count' }]
    const honest = await fresh({ translate, word: async () => 'There are 400 loans here.' }).ask('how many?')
    expect(honest).toMatchObject({ wording: 'There are 400 loans here.' })
    const made = await fresh({ translate, word: async () => 'There are 401 loans here.' }).ask('how many?')
    expect(made).not.toHaveProperty('wording')
  })
})
