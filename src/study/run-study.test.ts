import { describe, expect, it } from 'vitest'
import { defineStudy, type Figure } from '../system/index.ts'
import { runStudy, type StudyDocument, type StudyOptions } from './run-study.ts'
import { showRows } from './show-rows.ts'

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
    async run({ open, settle, show, skip }) {
      if (open('first')) {
        runs++
        show({ table: { columns: ['n'], rows: [[runs]] } })
        settle('first', { measured: 1, holds: true })
      }
      if (open('second')) settle('second', { measured: 1, holds: false })
      skip('third', 'no data')
    },
  })
  return { study, runs: () => runs }
}

const figureOf = (title: string): Figure => ({ title, description: title, spec: {} })

/** Two blocks of one table and a figure each, of which the second breaks where it is told to. */
const twoBlocks = (breaks: 'before it shows' | 'before it settles' | 'not') =>
  defineStudy({
    claims: { first: { claim: 'one is one', expected: '= 1' }, second: { claim: 'two is two', expected: '= 2' } },
    async run(context) {
      const { open, settle, show, shown } = context
      const columns = ['block', 'n']
      if (open('first')) {
        showRows(context, { columns, rows: [['first', 1]] })
        show({ figures: [figureOf('first')] })
        settle('first', { measured: 1, holds: true })
      }
      if (!open('second')) return
      if (breaks === 'before it shows') throw new Error('stopped')
      showRows(context, { columns, rows: [['second', 2]] })
      show({ figures: [...(shown().figures ?? []), figureOf('second')] })
      if (breaks === 'before it settles') throw new Error('stopped')
      settle('second', { measured: 2, holds: true })
    },
  })

/** The last document that a study wrote before it broke. */
async function interrupted(breaks: Parameters<typeof twoBlocks>[0]): Promise<StudyDocument> {
  let written: StudyDocument | undefined
  const onClaim = (document: StudyDocument) => {
    written = JSON.parse(JSON.stringify(document)) as StudyDocument
  }
  await expect(runStudy('one', twoBlocks(breaks), { ...options, onClaim })).rejects.toThrow('stopped')
  return written!
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

  it('goes on from claims that were settled at the same clean commit on the same seeds, and from no others', async () => {
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
    for (const other of [{ commit: 'def' }, { seeds: [...options.seeds, 4] }]) {
      const { study, runs } = counting()
      await runStudy('one', study, { ...options, ...other, earlier })
      expect(runs()).toBe(1)
    }
  })

  it.each(['before it shows', 'before it settles'] as const)(
    'that stopped in its second block, %s, goes on with the table and the figures of the first',
    async breaks => {
      const earlier = await interrupted(breaks)
      expect(earlier).toMatchObject({ table: { rows: [['first', 1]] }, figures: [{ title: 'first' }] })
      const { table, figures } = await runStudy('one', twoBlocks('not'), { ...options, earlier })
      const whole = await runStudy('one', twoBlocks('not'), options)
      expect(table?.rows).toEqual([
        ['first', 1],
        ['second', 2],
      ])
      expect({ table, figures }).toEqual({ table: whole.table, figures: whole.figures })
    },
  )

  it('keeps what it shows where no block is run again, and not that of another commit', async () => {
    const earlier = await runStudy('one', counting().study, options)
    const again = async (commit: string) =>
      (await runStudy('one', counting().study, { ...options, commit, earlier: { ...earlier, table: kept } })).table
    const kept = { columns: ['n'], rows: [['earlier']] }
    expect(await again('abc')).toEqual(kept)
    expect(await again('def')).toEqual({ columns: ['n'], rows: [[1]] })
  })

  it('keeps a settled claim whose data have gone since', async () => {
    const earlier = await runStudy('one', counting().study, options)
    const claims = earlier.claims.map(claim => ({ ...claim, measured: 3, holds: true }))
    const document = await runStudy('one', counting().study, { ...options, earlier: { ...earlier, claims } })
    expect(document.claims.map(({ measured }) => measured)).toEqual([3, 3, 3])
  })

  it('refuses to settle what it does not claim', async () => {
    const stray = defineStudy({
      claims: {},
      run: async ({ settle }) => settle('none' as never, { measured: 1, holds: true }),
    })
    await expect(runStudy('stray', stray, options)).rejects.toMatchObject({ code: 'internal/study' })
  })
})
