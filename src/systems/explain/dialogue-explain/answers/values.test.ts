import { expect, it } from 'vitest'
import { Conversation } from '../conversation.ts'
import { plantedSubject } from '../planted.ts'
import type { TalkSubject } from '../subject.ts'
import { valueWords } from './values.ts'

it('numbers stand as they are, times as the date or the minute', () => {
  expect(valueWords({}, 1_726_440_000)).toBe('1,726,440,000')
  // single precision leaves a time some seconds off
  expect(valueWords({ time: 'date' }, Date.UTC(2024, 8, 15) / 1000 - 7)).toBe('2024-09-15')
  expect(valueWords({ time: 'minute' }, Date.UTC(2024, 8, 15, 12, 30) / 1000 + 7)).toBe('2024-09-15 12:30')
  expect(valueWords({ time: 'date' }, NaN)).toBe('–')
})

/** The loans, each with the day it was given in place of the savings. */
function dated(): TalkSubject {
  const subject = plantedSubject()
  const from = Date.UTC(2024, 0, 1) / 1000
  const dayOf = (number: number) => from + (number % 300) * 86_400
  const fields = subject.vocabulary.fields.map(field =>
    field.name === 'savings' ? { ...field, time: 'date' as const, range: [dayOf(0), dayOf(299)] as const } : field,
  )
  const row: TalkSubject['row'] = number => {
    const own = subject.row(number)
    return own && { ...own, cells: own.cells.map((cell, f) => (f === 2 ? dayOf(cell) : cell)) }
  }
  const rows = subject.rows.map((column, f) => (f === 2 ? column.map(dayOf) : column))
  return { ...subject, rows, row, vocabulary: { ...subject.vocabulary, fields } }
}

it.each([
  'show row 3',
  'what is savings?',
  'average savings of women',
  'statistic min savings',
  'statistic sd savings',
  'statistic values savings',
  'failures by savings',
  'how does savings affect the prediction?',
])('%s: no date is told in seconds', async question => {
  const reply = await new Conversation(dated(), { budget: 3000 }).ask(question)
  if (reply.kind !== 'answers') throw new Error(`no answer: ${JSON.stringify(reply)}`)
  for (const { sentences, table } of reply.answers) {
    const told = JSON.stringify([sentences, table])
    expect(told).toMatch(question.includes(' sd ') ? /[\d.]+ days/ : /2024-\d\d-\d\d/)
    expect(told).not.toMatch(/1,7\d\d,\d{3},\d{3}/)
  }
})
