import { describe, expect, it } from 'vitest'
import { choice, either, integer, number, optional, text, toggle } from './kind.ts'
import { choices, list, repeatedList, splitList, texts } from './list.ts'
import { listPairs, textPairs, valuePairs } from './pairs.ts'
import { budget, duration, pace } from './quantity.ts'

describe('scalars', () => {
  it('reads integers within bounds, from text and from a file', () => {
    const kind = integer({ min: 1, max: 65535 })
    expect(['8080', 8080, '0', '2.5', 'x', '', ' ', true, null, '1e3'].map(kind.read)).toEqual([
      8080,
      8080,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      1000,
    ])
    expect(kind.expected).toBe('an integer in 1 to 65535')
    expect(integer({ min: 1 }).expected).toBe('an integer >= 1')
  })
  it('refuses numbers that are none', () => {
    expect(['0.1', 'NaN', 'Infinity', '1e999', -1].map(number({ min: 0 }).read)).toEqual([
      0.1,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
  it('reads switches as words', () => {
    expect(['1', 'TRUE', 'yes', 'off', '', false, 'maybe', 1].map(toggle.read)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      undefined,
      undefined,
    ])
  })
  it('reads a word or a value', () => {
    expect(['auto', '64', 'automatic'].map(either('auto', integer()).read)).toEqual(['auto', 64, undefined])
    expect([true, '5'].map(optional(integer()).read)).toEqual([true, 5])
    expect(['cpu', 'CPU'].map(choice('cpu', 'cuda').read)).toEqual(['cpu', undefined])
    expect([7, 'x', ['x']].map(text.read)).toEqual(['7', 'x', undefined])
  })
})

describe('lists', () => {
  it('splits at the commas outside quotes and parentheses', () => {
    expect(splitList('a, b ,c')).toEqual(['a', 'b', 'c'])
    expect(splitList("late = carrier IN ('AA', 'UA'),cancelled")).toEqual([
      "late = carrier IN ('AA', 'UA')",
      'cancelled',
    ])
    expect(splitList("hurt = damage <> 'None, or little', y")).toEqual(["hurt = damage <> 'None, or little'", 'y'])
    expect(splitList('"Cost, total",Speed')).toEqual(['Cost, total', 'Speed'])
    expect(splitList("driver's age, owner's age")).toEqual(["driver's age", "owner's age"])
    expect(splitList("it's, fine")).toEqual(["it's", 'fine'])
    expect(splitList('😀 "a, b", c')).toEqual(['😀 "a, b"', 'c'])
  })
  it('takes occurrences, lists and numbers', () => {
    expect(repeatedList.read(['a,b', 'c'])).toEqual(['a', 'b', 'c'])
    expect(list.read(['a,b', 'c'])).toEqual(['a,b', 'c'])
    expect(texts.read(['a,b.csv'])).toEqual(['a,b.csv'])
    expect([list.read(3), list.read(''), list.read([]), list.read([{}])]).toEqual([
      ['3'],
      undefined,
      undefined,
      undefined,
    ])
  })
  it('holds a closed set', () => {
    expect(choices('label', 'logit').read('label,logit')).toEqual(['label', 'logit'])
    expect(choices('label', 'logit').read('label,odds')).toBeUndefined()
  })
})

describe('pairs', () => {
  it('reads KEY=VALUE and mappings alike', () => {
    const kind = textPairs('FIELD=TYPE')
    expect(kind.read(['y=categorical', 'zip code=categorical'])).toEqual({
      y: 'categorical',
      'zip code': 'categorical',
    })
    expect(kind.read({ y: 'categorical' })).toEqual({ y: 'categorical' })
    expect(kind.read('y=numeric\nz=meta')).toEqual({ y: 'numeric', z: 'meta' })
    expect([kind.read(['y']), kind.read(['=x']), kind.read(['y=']), kind.read([])]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
  it('reads several names or values to a key', () => {
    expect(listPairs('').read(['mode=lat,lon,time'])).toEqual({ mode: ['lat', 'lon', 'time'] })
    expect(valuePairs('').read(['agents=3,5', 'kind=a,b', 'hidden=[400]', 'pairs=[[1,2],[3]]'])).toEqual({
      agents: [3, 5],
      kind: ['a', 'b'],
      hidden: [400],
      pairs: [[1, 2], [3]],
    })
    expect(valuePairs('').read({ agents: [3, 5], seed: 1 })).toEqual({ agents: [3, 5], seed: [1] })
  })
})

describe('quantities', () => {
  it('reads times in seconds', () => {
    expect(['10m', '2ms', '60s', '1.5h', '.5s', '90', 90, '1d'].map(duration.read)).toEqual([
      600, 0.002, 60, 5400, 0.5, 90, 90, 86400,
    ])
    expect(['10 minutes', '-1s', '0', '', 'm', 0, Infinity].map(duration.read)).toEqual(Array(7).fill(undefined))
  })
  it('reads a budget as a count or a time', () => {
    const evaluations = budget('evaluations')
    expect(evaluations.read('20000')).toEqual({ evaluations: 20000 })
    expect(evaluations.read('20,000')).toEqual({ evaluations: 20000 })
    expect(evaluations.read(20000)).toEqual({ evaluations: 20000 })
    expect(evaluations.read('60s')).toEqual({ seconds: 60 })
    expect(budget('runs').read('50runs')).toEqual({ runs: 50 })
    expect(budget('runs').read('20m')).toEqual({ seconds: 1200 })
    expect(['50runs', '0', '1.5', 'lots'].map(evaluations.read)).toEqual(Array(4).fill(undefined))
  })
  it('reads a pace', () => {
    expect(['1x', '2.5', 10, 'x', '-1x'].map(pace.read)).toEqual([1, 2.5, 10, undefined, undefined])
  })
})
