import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coldTastes, readInteractions, type Interactions } from '../../../data/index.ts'
import { goldenCases } from '../../../study/parity.ts'
import type { Fitted } from '../../../system/index.ts'
import { attributeNeighbours } from './baselines/attribute-neighbours.ts'
import { autoRecForm, falseNegatives, leak, meanWeights, metricsByHand } from './closed-forms.ts'
import { fit, load } from './fitted.ts'
import { coldStart } from './index.ts'
import { parityOf } from './parity.ts'
import { popularityBuckets, scoreBucket } from './popularity-buckets.ts'

const context = { seed: 1, threads: 1, progress: () => {} }
const small = { epochs: 1, embeddingDimension: 8, width: 8, hidden: [8], batch: 64 }
const parsed = (given = {}) => coldStart.options.parse({ ...small, ...given })

describe('parity with an independent reference', async () => {
  const cases = (await goldenCases('cold-start'))!

  it('covers selections, gates and context', () => expect(cases).toHaveLength(4))

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    expect(Object.keys(outputs)).toContain('contrast.choices')
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})

describe('closed forms', () => {
  it('metrics are those by hand', () => expect(metricsByHand()).toBeLessThanOrEqual(1e-12))
  it('weights of a side average 1', async () => expect(await meanWeights()).toBeLessThanOrEqual(1e-5))
  it('a stranger stays one whatever was held out', async () => expect(await leak()).toBe(0))
  it('no negative was chosen', () => expect(falseNegatives()).toBe(0))
  it('a linear AutoRec is a truncated decomposition', async () => expect(await autoRecForm()).toBeLessThanOrEqual(1e-3))
})

describe('what strangers are compared with', () => {
  const people: Interactions = {
    users: {
      names: ['ann', 'bo', 'cy', 'di'],
      attributes: [
        { name: 'age', values: [['20'], ['20'], ['40'], ['20']] },
        { name: 'job', values: [['a'], ['b'], ['a'], ['a']] },
      ],
    },
    items: { names: ['x', 'y', 'z'], attributes: [] },
    events: { user: Int32Array.of(0, 1, 1, 2), item: Int32Array.of(0, 0, 1, 2), time: Float64Array.of(1, 2, 3, 4) },
  }
  const train = Int32Array.of(0, 1, 2, 3)
  const stranger = {
    user: 3,
    before: Int32Array.of(),
    times: Float64Array.of(),
    targets: Int32Array.of(0, 2),
    time: 5,
  }

  it('neighbours lend what they chose by how alike they are, ties included', async () => {
    // di shares both values with ann, one of three with bo and with cy
    expect([...(await attributeNeighbours(people, train, 1)([stranger], 3))]).toEqual([1, 0, 0])
    const [x, y, z] = await attributeNeighbours(people, train, 2)([stranger], 3)
    expect([x, y, z]).toEqual([1 + 1 / 3, 1 / 3, 1 / 3])
  })

  it('buckets hold as many events each, and score their own targets alone', () => {
    const bucketOf = popularityBuckets(people, train, 2)
    expect([...bucketOf]).toEqual([0, 1, 1])
    const scores = Float64Array.of(3, 2, 1)
    expect(scoreBucket([stranger], scores, bucketOf, 0)!.ndcg).toBe(1)
    expect(scoreBucket([stranger], scores, bucketOf, 1)!.mrr).toBe(1 / 2)
    expect(scoreBucket([{ ...stranger, targets: Int32Array.of(0) }], scores, bucketOf, 1)).toBeUndefined()
  })
})

describe('recommending to strangers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'interplay-cold-'))
  const data = coldTastes.make({ seed: 1, size: 'small' })
  let fitted: Fitted<Interactions>
  beforeAll(async () => void (fitted = await fit(data, parsed(), context)))
  afterAll(async () => {
    await fitted.close?.()
    rmSync(folder, { recursive: true, force: true })
  })
  const file = (name: string, lines: readonly string[]) => {
    const path = join(folder, name)
    writeFileSync(path, `${lines.join('\n')}\n`)
    return path
  }

  it('takes users of a file and gives each the best items, weights beside effects', async () => {
    const users = file('new.csv', ['user,gender,age,occupation', 'ann,F,30s,job 3', 'bo,M,20s,job 7'])
    const ratings = file('seen.csv', ['user,item,time', 'bo,film 2,1700000000', 'bo,film 3,2023-11-15T00:00:00Z'])
    const { data: known } = (await fitted.save()).description
    const asked = await readInteractions({ inputs: { users, ratings }, known })
    const { records } = await fitted.predict(asked, { ...context, top: 3 })
    expect(records.map(({ user, rank }) => [user, rank])).toEqual(
      ['ann', 'bo'].flatMap(user => [1, 2, 3].map(rank => [user, rank])),
    )
    expect(records.filter(({ user }) => user === 'bo').map(({ item }) => item)).not.toContain('film 2')
    expect(records[0]).toHaveProperty(['weight user.occupation'])
    expect(records[0]!['effect user.occupation']).not.toBe(0)
    expect(records[0]!['effect user.region']).toBe(0)
  })

  it('answers raw rows as a server does, new items included, once saved and loaded', async () => {
    const rows = [
      { item: 'film 3', occupation: 'job 3' },
      { item: 'unheard of', genres: 'genre 1|genre 2', time: 1.7e9 },
    ]
    const { description, tensors } = await fitted.save()
    const loaded = await load({ description, tensors }, context)
    try {
      const answers = await loaded.rows!.answer(rows)
      expect(answers).toEqual(await fitted.rows!.answer(rows))
      for (const { value } of answers) expect(value).toBeGreaterThan(0)
      await expect(loaded.rows!.answer([{ occupation: 'job 3' }])).rejects.toThrow(/'item' is required/)
      await expect(loaded.rows!.answer([{ item: 'film 3', ocupation: 'job 3' }])).rejects.toThrow(/nearest: occupation/)
    } finally {
      await loaded.close?.()
    }
  })

  it.each(['cold-item', 'warm'] as const)('learns by protocol %s', async protocol => {
    const other = await fit(data, parsed({ protocol, selection: 'none', useContext: false, history: 0 }), context)
    expect(other.metrics!.test!.mrr).toBeGreaterThan(0)
    await other.close?.()
  })

  it('refuses what cannot be ranked or told apart', async () => {
    await expect(fit(data, parsed({ top: 41 }), context)).rejects.toThrow(/top \(41\) is more than the 40 items/)
    await expect(fitted.predict(data, { ...context, top: 100 })).rejects.toThrow(/top \(100\)/)
    const strangers = { names: ['x'], attributes: [{ name: 'shoe', values: [['42']] }] }
    await expect(fitted.predict({ ...data, users: strangers, events: undefined }, context)).rejects.toThrow(
      /attributes shoe/,
    )
    const once = { user: Int32Array.of(0), item: Int32Array.of(0), time: Float64Array.of(1) }
    await expect(fit({ ...data, events: once }, parsed({ protocol: 'warm' }), context)).rejects.toThrow(/protocol warm/)
  })
})
