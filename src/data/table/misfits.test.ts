import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeTable } from './describe.ts'
import { prepareTable } from './prepare.ts'

const path = join(mkdtempSync(join(tmpdir(), 'misfits-test-')), 'rows.csv')
const day = (k: number) => `${(k % 3) + 1}/${(k % 25) + 1}/2024`
const rows = Array.from(
  { length: 100 },
  (_, k) => `${day(k)},${k % 2 ? 'low' : 'high'},${k % 10 ? k : 'many'},${k % 2}`,
)
writeFileSync(path, ['us,th,n,y', ...rows].join('\n'))
const options = (types: Record<string, string>) => ({ cache: false, target: ['y'], types })

test('values that are not of the type told are counted, and missing', async () => {
  const types = { us: 'timestamp:day/month/year', n: 'numeric' }
  const expected = [
    {
      code: 'data/type',
      message: `'us' is no moment (day/month/year) in 52 rows, first row 13: '1/13/2024'; read as missing`,
      try: '--type us=timestamp:month/day/year',
      fields: ['us'],
    },
    {
      code: 'data/type',
      message: `'n' is no number in 10 rows, first row 1: 'many'; read as missing`,
      try: '--type n=categorical',
      fields: ['n'],
    },
  ]
  const { warnings, fields } = await describeTable(path, options(types))
  expect(warnings).toEqual(expected)
  expect(fields.map(({ missing }) => missing)).toEqual([52, 0, 10, 0])
  expect((await prepareTable(path, options(types))).warnings).toEqual(expect.arrayContaining(expected))
})

test('a type that no value has is refused', async () => {
  const refused = {
    code: 'data/type',
    message: `'th' is no number in 100 rows, first row 1: 'high'`,
    where: '--type th=numeric',
    why: 'no value fits',
    try: '--type th=categorical',
  }
  await expect(describeTable(path, options({ th: 'numeric' }))).rejects.toMatchObject(refused)
  await expect(prepareTable(path, options({ th: 'numeric' }))).rejects.toMatchObject(refused)
})

test('fitting types say nothing', async () => {
  const { warnings } = await describeTable(path, options({ us: 'timestamp:month/day/year', y: 'categorical' }))
  expect(warnings).toEqual([])
})
