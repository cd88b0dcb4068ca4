import { describe, expect, it } from 'vitest'
import type { Game } from '../../data/index.ts'
import { defineStudy, defineSystem, tasks, z, type AnySystem } from '../../system/index.ts'
import { fitted, graph, nearest } from './fixture.ts'
import { checkSystem } from './index.ts'

const found = async (system: AnySystem) => (await checkSystem(system)).map(({ found }) => found)

describe('the contract of a system that is no table model', () => {
  it('is kept by one that keeps it', async () => expect(await checkSystem(nearest)).toEqual([]))

  it('tells what is broken', async () => {
    const undocumented = { ...nearest, options: z.object({ power: z.number().default(2) }) }
    expect(await found(undocumented)).toContain('power has no description')
    const changing: AnySystem = {
      ...nearest,
      fit: async (data: ReturnType<typeof graph>, options, context) => {
        const result = await nearest.fit!(data, options as { power: number }, context)
        data.numbers!.values[0] = 7
        return result
      },
    }
    expect(await found(changing)).toContain('fitting or predicting changed its data')
    let runs = 0
    const drifting: AnySystem = {
      ...nearest,
      fit: async (...given: Parameters<NonNullable<typeof nearest.fit>>) => {
        const result = await nearest.fit!(...given)
        return { ...result, predict: async () => ({ records: [{ run: runs++ }] }) }
      },
    }
    expect(await found(drifting)).toContain('the same seed gives other answers')
    const forgetting: AnySystem = {
      ...nearest,
      load: async saved => ({ ...fitted(saved), predict: async () => ({ records: [] }) }),
    }
    expect(await found(forgetting)).toContain('it answers otherwise once loaded')
    const ordered: AnySystem = {
      ...nearest,
      fit: async (...given: Parameters<NonNullable<typeof nearest.fit>>) => ({
        ...(await nearest.fit!(...given)),
        predict: async data => ({ records: [...data.numbers!.values].map((value, i) => ({ sum: value + i })) }),
      }),
    }
    expect((await found(ordered)).some(text => text.startsWith("'sum' of item"))).toBe(true)
    const trusting: AnySystem = { ...nearest, task: { ...nearest.task, check: undefined } }
    expect((await found(trusting)).some(text => text.startsWith('a graph without nodes'))).toBe(true)
  })
})

const dilemma: Game = {
  name: 'dilemma',
  actions: [
    ['j', 'f'],
    ['j', 'f'],
  ],
  payoffs: [
    [
      [8, 0],
      [10, 5],
    ],
    [
      [8, 10],
      [0, 5],
    ],
  ],
  rounds: 3,
}

describe('the contract of a match', () => {
  const match = defineSystem({
    name: 'match',
    family: 'agents',
    summary: 'both always do the first thing',
    task: tasks.agents,
    options: z.object({}),
    study: defineStudy({ claims: {}, run: async () => {} }),
    example: async () => ({ data: dilemma }),
    predict: async ({ rounds, payoffs }) => ({
      records: Array.from({ length: rounds }, (_, t) => ({
        round: t + 1,
        points: payoffs.map(table => table[0]![0]!),
      })),
    }),
  })

  it('needs no network, no fit and no files', async () => expect(await checkSystem(match)).toEqual([]))
})
