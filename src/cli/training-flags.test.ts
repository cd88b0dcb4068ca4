import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemNamed } from '../systems/index.ts'
import { capture } from './testing.ts'
import { ownSettings } from './training-flags.ts'

const catgcn = systemNamed('catgcn')
const funbat = systemNamed('funbat')
const flags = (...keys: string[]) => Object.fromEntries(keys.map(key => [key, `flag --${key}`]))

describe('training flags of a system with a fit of its own', () => {
  it('are options of the same name, and auto leaves the choice', () => {
    const given = { epochs: 2, learningRate: 0.5, patience: 'auto', set: { balanced: false } } as const
    const { set, origins } = ownSettings(catgcn, given, flags('epochs', 'learningRate', 'set.balanced'))
    expect(set).toEqual({ epochs: 2, learningRate: 0.5, balanced: false })
    expect(origins['set.epochs']).toBe('flag --epochs')
  })

  it('go before a configuration, and are not contradicted', () => {
    const both = { epochs: 2, set: { epochs: 5 } }
    expect(ownSettings(catgcn, both, { epochs: 'flag --epochs', 'set.epochs': 'a.yaml line 3' }).set.epochs).toBe(2)
    expect(ownSettings(catgcn, both, { epochs: 'a.yaml line 3', 'set.epochs': 'flag --set' }).set.epochs).toBe(5)
    expect(() => ownSettings(catgcn, both, flags('epochs', 'set.epochs'))).toThrow(
      /epochs is 2 by its flag and 5 by --set/,
    )
  })

  it('are refused together where they mean nothing, unless a configuration holds them for others', () => {
    expect(() => ownSettings(catgcn, { batch: 7, ignore: ['b'] }, flags('batch', 'ignore'))).toThrow(
      '--ignore and --batch: for the shared training, catgcn has a fit of its own',
    )
    expect(() => ownSettings(catgcn, {}, { 'type.a': 'flag --type' })).toThrow(/^--type: /)
    expect(() => ownSettings(funbat, { epochs: 7 }, flags('epochs'))).toThrow(/--epochs: .* funbat/)
    expect(ownSettings(funbat, { epochs: 7 }, { epochs: 'a.yaml line 3' }).set).toEqual({})
  })
})

describe('fit', () => {
  let folder: string
  const at = (name: string) => join(folder, name)
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'interplay-training-flags-'))
    const people = Array.from({ length: 30 }, (_, i) => `u${i},${'xyz'[i % 3]},${i % 2 ? 'old' : 'young'}`)
    writeFileSync(at('f.csv'), ['user,likes,age', ...people].join('\n'))
    writeFileSync(at('e.csv'), ['a,b', ...Array.from({ length: 29 }, (_, i) => `u${i},u${i + 1}`)].join('\n'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const fit = (...more: string[]) =>
    capture(['fit', at('f.csv'), `edges=${at('e.csv')}`, '-s', 'catgcn', '-t', 'age', ...more], folder)

  it('tells them as settings and refuses the others', async () => {
    const planned = await fit('--epochs', '2', '--dry-run')
    expect(planned.out).toMatch(/^set\.epochs +2 +flag --epochs$/m)
    const refused = await fit('--epochs', '2', '--where', "likes = 'x'", '--time-limit', '1s')
    expect(refused.status).toBe(2)
    expect(refused.err).toMatch(/error\[option\/conflict\]: --where and --time-limit: /)
  })

  it('names inputs by role in its next command, which runs', async () => {
    const { status, out } = await fit('--epochs', '2', '-o', at('run'))
    expect(status).toBe(0)
    const words = /^next +interplay (.*)$/m.exec(out)![1]!.split(' ')
    expect(words).toEqual(['predict', at('run'), `features=${at('f.csv')}`, `edges=${at('e.csv')}`])
    expect((await capture([...words, '-o', at('answers.jsonl')], folder)).status).toBe(0)
  })
})
