import { describe, expect, it } from 'vitest'
import { settings } from './settings.ts'

describe('--set', () => {
  it('reads JSON, else text; dots reach inside', () => {
    expect(
      settings.read([
        'gate.hidden=[400]',
        'gate.name=a=b',
        'rate=1e-3',
        'on=true',
        'x={"y":null}',
        'word=400px',
        'empty=',
      ]),
    ).toEqual({
      gate: { hidden: [400], name: 'a=b' },
      rate: 0.001,
      on: true,
      x: { y: null },
      word: '400px',
      empty: '',
    })
    expect(settings.read(['reader.delimiter=";"'])).toEqual({ reader: { delimiter: ';' } })
    expect(settings.read(['reader.delimiter=;'])).toEqual({ reader: { delimiter: ';' } })
  })
  it('refuses what names no key', () => {
    for (const text of ['heads', '=3', '.a=1', 'a..b=1', '']) expect(settings.read([text])).toBeUndefined()
  })
  it('refuses a value that is also a mapping', () => {
    expect(() => settings.read(['gate=1', 'gate.hidden=[4]'])).toThrow('gate is set to 1 and to have gate.hidden')
  })
  it('opens dotted keys of a mapping, and reads one from a variable', () => {
    expect(settings.read({ 'gate.hidden': [400], gate: { name: 'a' } })).toEqual({ gate: { hidden: [400], name: 'a' } })
    expect(settings.read('{"heads": 2}')).toEqual({ heads: 2 })
    expect(settings.read('heads=2\nlayers=3')).toEqual({ heads: 2, layers: 3 })
  })
  it('joins places leaf by leaf, the higher first', () => {
    const lower = { heads: 2, gate: { hidden: [64], name: 'low' } }
    expect(settings.merge!(lower, { gate: { hidden: [400] } })).toEqual({
      heads: 2,
      gate: { hidden: [400], name: 'low' },
    })
    expect(settings.merge!(lower, { gate: 1 })).toEqual({ heads: 2, gate: 1 })
    expect(settings.merge!({ gate: 1 }, { gate: { hidden: 2 } })).toEqual({ gate: { hidden: 2 } })
    expect(settings.paths!(lower)).toEqual(['heads', 'gate.hidden', 'gate.name'])
  })
  it('keeps __proto__ a key', () => {
    const read = settings.read(['__proto__.polluted=1'])!
    expect(Object.keys(read)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})
