import { describe, expect, it } from 'vitest'
import { defineStudy } from '../system/index.ts'
import { runStudy, type StudyDocument, type StudyOptions } from './run-study.ts'

const options: StudyOptions = {
  size: 'full',
  seeds: [1],
  threads: 1,
  interplay: 'test',
  commit: 'abc',
  dataset: () => undefined,
}

/** Counts how often its experiment ran. */
function counting() {
  let runs = 0
  const study = defineStudy({
    claims: {
      first: { claim: 'one is one', expected: '= 1' },
      second: { claim: 'one is two', expected: '= 2' },
      third: { claim: 'data are here', expected: 'yes' },
    },
    async run({ open, settle, skip }) {
      if (open('first')) {
        runs++
        settle('first', { measured: 1, holds: true })
      }
      if (open('second')) settle('second', { measured: 1, holds: false })
      skip('third', 'no data')
      return { table: { columns: ['n'], rows: [[runs]] } }
    },
  })
  return { study, runs: () => runs }
}

describe('a study', () => {
  it('has every claim in its document, run or not, and tells each as it is settled', async () => {
    const seen: StudyDocument[] = []
    const { claims } = await runStudy('one', counting().study, { ...options, onClaim: d => void seen.push(d) })
    expect(claims.map(({ holds, note }) => [holds, note])).toEqual([
      [true, undefined],
      [false, undefined],
      [null, 'no data'],
    ])
    expect(seen.map(({ claims }) => claims.map(({ holds }) => holds))).toEqual([
      [true, null, null],
      [true, false, null],
    ])
  })

  it('goes on from claims that were settled at the same clean commit, and from no others', async () => {
    const earlier = await runStudy('one', counting().study, options)
    const again = async (commit: string, size: 'full' | 'small' = 'full') => {
      const { study, runs } = counting()
      await runStudy('one', study, { ...options, commit, size, earlier: { ...earlier, commit } })
      return runs()
    }
    expect(await again('abc')).toBe(0)
    expect(await again('abc-dirty')).toBe(1)
    expect(await again('unknown')).toBe(1)
    expect(await again('abc', 'small')).toBe(1)
    const { study, runs } = counting()
    await runStudy('one', study, { ...options, commit: 'def', earlier })
    expect(runs()).toBe(1)
  })

  it('refuses to settle what it does not claim', async () => {
    const stray = defineStudy({
      claims: {},
      run: async ({ settle }) => (settle('none' as never, { measured: 1, holds: true }), {}),
    })
    await expect(runStudy('stray', stray, options)).rejects.toMatchObject({ code: 'internal/study' })
  })
})
