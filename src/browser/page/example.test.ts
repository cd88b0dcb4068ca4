import { expect, it } from 'vitest'
import { prepareRows } from '../../data/table/memory/prepare-rows.ts'
import { exampleOf } from './example.ts'

it('an example has the values that its lists offer', () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    flag: i % 2 ? 'FALSE' : 'TRUE',
    code: `${i % 3}.0`,
    colour: i % 3 ? 'red' : ' blue',
    weight: String(i * 1.5),
    sold: i % 4 ? 'no' : 'yes',
  }))
  const { encoding } = prepareRows(rows, { target: 'sold', types: { code: 'categorical' } })
  const example = exampleOf(encoding, rows[0]!)
  expect(example).toEqual({ flag: 'true', code: '0', colour: 'blue', weight: '0' })
  for (const field of encoding.fields) {
    if (field.type === 'categorical') expect(field.values).toContain(example[field.name])
  }
})
