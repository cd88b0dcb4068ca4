import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fit, open, predict } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'predict-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const learn = (target: string) =>
  fit(
    file(
      `${target}.csv`,
      ['a,b,' + target, ...Array.from({ length: 300 }, (_, k) => `${k % 7},v${k % 3},${k % 2}`)].join('\n'),
    ),
    {
      target,
      system: 'dnn',
      set: { hidden: [4] },
      epochs: 1,
      threads: 1,
      out: join(folder, target),
    },
  )

test.each(['numeric', 'categorical', 'logits'])(
  'a model of a target called %s answers',
  async target => {
    await learn(target)
    const out = join(folder, 'answers.csv')
    const rows = file('rows.csv', 'a,b\n1,v1\n2,v2\n')
    await predict(join(folder, target), rows, { out, threads: 1 })
    const [header, line] = readFileSync(out, 'utf8').split('\n')
    expect(header).toBe(`row,${target}_answer`)
    const probability = Number(line!.split(',')[1])
    await predict(join(folder, target), rows, { out, threads: 1, emit: 'logit' })
    const logit = Number(readFileSync(out, 'utf8').split('\n')[1]!.split(',')[1])
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5)
    await using model = await open(join(folder, target))
    const [answer] = await model.predict([{ a: 1, b: 'v1' }])
    expect(answer).toMatchObject({ probability: expect.closeTo(probability, 5) })
  },
  60_000,
)

test('warns of fields that the table does not have', async () => {
  await learn('y')
  const out = join(folder, 'answers.jsonl')
  const { warnings } = await predict(join(folder, 'y'), file('part.csv', 'b,c\nv1,1\nv2,2\n'), { out, threads: 1 })
  expect(warnings).toMatchObject([
    { code: 'data/absent-field', message: `'a' is in no column; read as missing in all 2 rows` },
  ])
}, 60_000)
