import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { answerName } from './answer-name.ts'
import { prepareRows } from './memory/prepare-rows.ts'
import { prepareTable } from './prepare.ts'

const folder = mkdtempSync(join(tmpdir(), 'answer-name-test-'))
const table = (header: string) => {
  const path = join(folder, 'rows.csv')
  writeFileSync(path, [header, ...Array.from({ length: 200 }, (_, k) => `${k % 7},v${k % 3},${k % 2}`)].join('\n'))
  return path
}

test.each(['numeric', 'categorical', 'logits', 'sequence.tags'])(
  'the answer for %s has a name of its own',
  async name => {
    const prepared = await prepareTable(table(`a,b,${name}`), { cache: false, target: [name] })
    expect(prepared.encoding.outputs.map(output => output.name)).toEqual([`${name}_answer`])
    expect(prepared.spec.targets.map(target => target.name)).toEqual([`${name}_answer`])
    expect(prepared.warnings.find(({ code }) => code === 'data/renamed')?.message).toBe(
      `the answer for '${name}' is called '${name}_answer'; the model has a '${name}' of its own`,
    )
    const rows = Array.from({ length: 60 }, (_, k) => ({ a: k % 7, [name]: k % 2 }))
    expect(prepareRows(rows, { target: name }).encoding.outputs[0]!.name).toBe(`${name}_answer`)
  },
)

test('other names stay', () => {
  expect(['clicked', 'numerical', 'sequence'].map(answerName)).toEqual(['clicked', 'numerical', 'sequence'])
})

test('fields may be called as what every object has', async () => {
  const path = table('constructor,hasOwnProperty,toString')
  const { encoding } = await prepareTable(path, { cache: false, target: ['toString'], minCount: { other: 3 } })
  expect(encoding.fields.map(field => field.name)).toEqual(['constructor', 'hasOwnProperty'])
})
