import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { capture } from '../cli/testing.ts'
import { keepInputs, lines, tableFile, type Column } from './answers-out.ts'
import { fit, predict } from './index.ts'

let home: string
let folder: string
let run: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'interplay-answers-'))
  const rows = Array.from({ length: 200 }, (_, i) => `${i % 7},${(i * 13) % 10},${(i % 7) + 0.5}`)
  writeFileSync(join(home, 'rows.csv'), `a,b,row\n${rows.join('\n')}\n`)
  run = join(home, 'run')
  const options = { target: 'row', system: 'logistic', epochs: 1, budget: 200, threads: 1, type: { b: 'numeric' } }
  await (await fit(join(home, 'rows.csv'), { ...options, out: run })).close()
}, 120_000)
afterAll(() => rmSync(home, { recursive: true }))
beforeEach(() => {
  folder = mkdtempSync(join(home, 'case-'))
})

const numbers = Int32Array.of(1, 2)
const answers: Column[] = [{ name: 'y', value: row => row / 2 }]
const columns = [{ name: 'y', text: false }]

describe('a file of answers', () => {
  it.each(['.jsonl', '.csv', '.parquet'])('%s takes the place of an earlier one when it is whole', async ending => {
    const out = at(`a${ending}`)
    writeFileSync(out, 'earlier')
    {
      await using sink = await tableFile(out, columns)
      await sink.write(numbers, answers)
      expect(readFileSync(out, 'utf8')).toBe('earlier')
      await sink.end()
    }
    expect(readdirSync(folder)).toEqual([`a${ending}`])
    expect(readFileSync(out, 'utf8')).not.toBe('earlier')
    if (ending === '.csv') expect(readFileSync(out, 'utf8')).toBe('row,y\n1,0.0\n2,0.5\n')
  })

  it('leaves what was there, and nothing else, where the answers break off', async () => {
    writeFileSync(at('a.jsonl'), 'earlier')
    for (const name of ['a.jsonl', 'b.csv']) {
      await using sink = await tableFile(at(name), columns)
      await sink.write(numbers, answers)
    }
    expect(readdirSync(folder)).toEqual(['a.jsonl'])
    expect(readFileSync(at('a.jsonl'), 'utf8')).toBe('earlier')
  })

  it('is written where a link leads', async () => {
    writeFileSync(at('real.jsonl'), 'earlier')
    symlinkSync('real.jsonl', at('link.jsonl'))
    await using sink = await tableFile(at('link.jsonl'), columns)
    await sink.write(numbers, answers)
    await sink.end()
    expect(readFileSync(at('real.jsonl'), 'utf8')).toBe('{"row":1,"y":0}\n{"row":2,"y":0.5}\n')
  })

  it('says what it cannot be', async () => {
    await expect(tableFile(at('none/a.csv'), columns)).rejects.toMatchObject({
      code: 'data/not-found',
      message: `no folder '${at('none')}' to write 'a.csv' in`,
    })
    mkdirSync(at('folder.csv'))
    await expect(tableFile(at('folder.csv'), columns)).rejects.toMatchObject({ code: 'option/invalid' })
  })

  it('keeps the number of a row beside an answer called row', async () => {
    const column: Column = { name: 'Row', value: row => 7 + row }
    for (const name of ['a.jsonl', 'a.csv']) {
      await using sink = await tableFile(at(name), [{ name: 'Row', text: false }])
      await sink.write(numbers, [column])
      await sink.end()
    }
    expect(readFileSync(at('a.jsonl'), 'utf8')).toBe('{"row":1,"Row_answer":7}\n{"row":2,"Row_answer":8}\n')
    expect(readFileSync(at('a.csv'), 'utf8')).toBe('row,Row_answer\n1,7.0\n2,8.0\n')
    let text = ''
    const stream = new Writable({ write: (chunk, _, done) => ((text += String(chunk)), done()) })
    await lines(stream).write(numbers, [column])
    expect(text).toBe(readFileSync(at('a.jsonl'), 'utf8'))
  })

  it('is none of what is read', () => {
    writeFileSync(at('in.csv'), 'a\n1\n')
    symlinkSync('in.csv', at('same.csv'))
    for (const out of ['in.csv', 'same.csv']) {
      expect(() => keepInputs(at(out), ['sql:SELECT 1', '-', at('in.csv')])).toThrow(
        /is read and would be written over/,
      )
    }
    keepInputs(at('other.csv'), [at('in.csv')])
    keepInputs(undefined, [at('in.csv')])
  })
})

describe('predict', () => {
  const good = 'a,b\n1,2\n3,4\n'
  it('answers a target called row', async () => {
    writeFileSync(at('in.csv'), good)
    for (const name of ['out.csv', 'out.jsonl']) await predict(run, at('in.csv'), { out: at(name), threads: 1 })
    expect(readFileSync(at('out.csv'), 'utf8')).toMatch(/^row,row_answer\n1,[\d.-]+\n2,[\d.-]+\n$/)
    expect(JSON.parse(readFileSync(at('out.jsonl'), 'utf8').split('\n')[1]!)).toEqual({
      row: 2,
      row_answer: expect.any(Number) as number,
    })
  })

  it('keeps earlier answers where a row cannot be read', async () => {
    writeFileSync(at('bad.csv'), `${good}5,x\n`)
    writeFileSync(at('keep.jsonl'), 'earlier')
    for (const out of ['keep.jsonl', 'new.csv']) {
      expect((await capture(['predict', run, at('bad.csv'), '-o', at(out), '--threads', '1'], folder)).status).toBe(3)
    }
    expect(readdirSync(folder).sort()).toEqual(['bad.csv', 'keep.jsonl'])
    expect(readFileSync(at('keep.jsonl'), 'utf8')).toBe('earlier')
  })

  it('does not write over its input, nor where it cannot', async () => {
    writeFileSync(at('in.csv'), good)
    const to = async (out: string) => {
      const { status, out: document } = await capture(['predict', run, at('in.csv'), '-o', at(out), '--json'], folder)
      return { ...(JSON.parse(document) as { schema: string; code: string }), status }
    }
    expect(await to('in.csv')).toMatchObject({ status: 2, schema: 'interplay.error/1', code: 'option/conflict' })
    expect(await to('no/out.csv')).toMatchObject({ status: 3, schema: 'interplay.error/1', code: 'data/not-found' })
    expect(readFileSync(at('in.csv'), 'utf8')).toBe(good)
    if (process.getuid?.() === 0) return
    chmodSync(folder, 0o555)
    expect(await to('out.csv')).toMatchObject({ status: 4, code: 'machine/permission' })
    chmodSync(folder, 0o755)
  })
})
