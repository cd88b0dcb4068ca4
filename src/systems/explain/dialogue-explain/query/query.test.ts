import { describe, expect, it } from 'vitest'
import { Random } from '../../../../random/index.ts'
import { QueryDraws } from '../draw-queries.ts'
import { plantedSubject } from '../planted.ts'
import { checkProgram } from './check.ts'
import { printProgram } from './print.ts'
import { readProgram } from './read.ts'
import { querySchema } from './schema.ts'

const lenses = [
  { name: 'blackbox-highdim', alias: 'rules', of: 'either' as const, fields: 0 },
  { name: 'h-statistic', of: 'rows' as const, fields: 0 },
  { name: 'multimodal-interactions', alias: 'modalities', of: 'rows' as const, fields: 2 },
]
const vocabulary = { ...plantedSubject({ rows: 10 }).vocabulary, lenses }

describe('the text form of queries', () => {
  it('reads back what it prints, for drawn queries of every operation', () => {
    const draws = new QueryDraws(vocabulary, new Random(3, 'queries'), 10)
    const seen = new Set<string>()
    for (let k = 0; k < 500; k++) {
      const query = draws.query()
      seen.add(query.operation)
      expect(querySchema.parse(query)).toEqual(query)
      expect(checkProgram(readProgram(printProgram([query])), vocabulary)).toEqual([query])
    }
    expect(seen.size).toBe(21)
  })

  it('holds names with spaces, quotes and words of its own', () => {
    for (const name of ['Cost Total $', 'a "b" c', 'where', 'ü', '12', 'then']) {
      const program = [{ operation: 'effect' as const, field: name }]
      expect(readProgram(printProgram(program))).toEqual(program)
    }
  })

  it.each([
    ['whyy where row = 1', 1, 'an operation'],
    ['count where age >', 18, 'a value'],
    ['count where age ~ 3', 17, 'a name, a number or a sign'],
    ['count where (age > 3', 21, '")"'],
    ['effect', 7, 'a field'],
    ['lens', 5, 'the name of a lens'],
    ['lens rules of', 14, 'a field'],
    ['whatif raise age by -3', 21, 'a number above 0'],
    ['show top 0', 10, 'an integer >= 1'],
    ['statistic middle age', 11, 'a figure: mean'],
    ['count where row = 2.5', 19, 'an integer >= 1'],
    ['count count', 7, 'the end'],
    ['count where "age', 13, 'a name, a number or a sign'],
  ])('refuses %j at character %i', (text, at, expected) => {
    expect(() => readProgram(text)).toThrow(
      expect.objectContaining({ code: 'ask/query', message: expect.stringContaining(expected) }),
    )
    expect(() => readProgram(text)).toThrow(new RegExp(`character ${at}$`))
  })

  it.each([
    ['lens rulez', 'ask/unknown-lens', /nearest: rules/],
    ['lens rules of age', 'ask/type', undefined],
    ['lens modalities of age', 'ask/type', undefined],
    ['effect ages', 'ask/unknown-field', /nearest: age/],
    ['count where purpose = hause', 'ask/unknown-value', /nearest: house/],
    ['count where purpose > car', 'ask/type', undefined],
    ['count where age = old', 'ask/type', undefined],
    ['whatif raise purpose by 3', 'ask/type', undefined],
    ['statistic mean sex', 'ask/type', undefined],
    ['count where actual = maybe', 'ask/unknown-value', /there are no, yes/],
  ])('%j is not of this table', (text, code, why) => {
    expect(() => checkProgram(readProgram(text), vocabulary)).toThrow(
      expect.objectContaining({ code, ...(why ? { why: expect.stringMatching(why) } : {}) }),
    )
  })
})
