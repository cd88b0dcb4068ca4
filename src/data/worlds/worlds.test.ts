import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { prepareTable } from '../table/prepare.ts'
import { worldNamed, worlds } from './index.ts'
import { plantedPairs } from './planted-pairs.ts'
import { sentences, type LanguageTask } from './tiny-language.ts'

const home = mkdtempSync(join(tmpdir(), 'interplay-worlds-'))
beforeAll(() => void vi.stubEnv('INTERPLAY_HOME', home))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

/** A game is the same whatever the seed. */
const drawn = worlds.filter(world => world.task !== 'agents')

describe('worlds', () => {
  it.each(worlds.map(world => [world.name, world] as const))('%s is the same for the same seed', (_, world) => {
    expect(world.make({ seed: 3, size: 'small' })).toEqual(world.make({ seed: 3, size: 'small' }))
  })

  it.each(drawn.map(world => [world.name, world] as const))('%s is another for another seed', (_, world) => {
    expect(world.make({ seed: 3, size: 'small' })).not.toEqual(world.make({ seed: 4, size: 'small' }))
  })

  it('names the nearest where there is none of that name', () => {
    expect(() => worldNamed('world:planted-pair')).toThrow(/no world 'planted-pair'/)
  })
})

describe('planted pairs', () => {
  const { columns, logits } = plantedPairs.make({ seed: 1 })

  it('no value of any field has an effect of its own', () => {
    for (let f = 0; f < 8; f++) {
      const sums = new Map<string, number[]>()
      columns[`x${f}`]!.forEach((value, row) => {
        const known = sums.get(String(value)) ?? []
        known.push(logits[row]!)
        sums.set(String(value), known)
      })
      for (const list of sums.values()) {
        const mean = list.reduce((sum, value) => sum + value, 0) / list.length
        expect(Math.abs(mean)).toBeLessThan(0.2)
      }
    }
  })

  it('the target follows its log-odds', () => {
    let hits = 0
    columns.y!.forEach((y, row) => (hits += Number(logits[row]! > 0 === (y === 1))))
    expect(hits / logits.length).toBeGreaterThan(0.75)
  })

  it('reads as a table', async () => {
    const table = await prepareTable('world:planted-pairs', { seed: 2, cache: false })
    expect(table.name).toBe('planted-pairs')
    expect(table.schema.rows).toBe(85_714)
    expect(table.train.rows).toBeCloseTo(60_000, -3)
    expect(table.spec.targets[0]).toMatchObject({ name: 'y', kind: 'binary' })
    expect(table.inputs[0]!.path).toBe('world:planted-pairs')
    expect(table.spec.fields.map(({ size }) => size)).toEqual(Array(8).fill(12))
  })
})

describe('tiny language', () => {
  const { vocabulary, inputs, labels, tasks } = sentences(40, { tested: 8, seed: 2 })
  const said = Array.from(inputs.tokens.data as Int32Array, token => vocabulary[token]!)
  const next = Array.from(labels, token => vocabulary[token]!)
  const asked = (task: LanguageTask) => [...said.keys()].filter(at => tasks[task][at] === 1)
  const context = 32

  it('each token is behind the one before', () => {
    for (let at = 0; at < said.length - 1; at++) if (at % context < context - 1) expect(said[at + 1]).toBe(next[at])
  })

  it('a person always lives in one city', () => {
    const homes = new Map<string, string>()
    for (const at of asked('fact').filter(each => each % context >= 3)) {
      const person = said[at - 3]!
      expect(next[at]).toBe(homes.get(person) ?? next[at])
      homes.set(person, next[at]!)
    }
    expect(homes.size).toBeGreaterThan(10)
  })

  it('what is given goes to the one who does not give, letters to where they were', () => {
    for (const at of asked('object').filter(each => each % context >= 12)) {
      const [giver, ...two] = [said[at - 4]!, said[at - 12]!, said[at - 10]!]
      expect(two).toContain(giver)
      expect(two.filter(each => each !== giver)).toEqual([next[at]])
    }
    for (const at of asked('copy').filter(each => each % context >= 6)) expect(next[at]).toBe(said[at - 5])
    for (const task of ['object', 'copy'] as const) expect(asked(task).length).toBeGreaterThan(20)
  })
})
