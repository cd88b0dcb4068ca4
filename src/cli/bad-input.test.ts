import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { capture } from './testing.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-bad-input-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
})
afterAll(() => rmSync(folder, { recursive: true }))

const interplay = (words: string[]) => capture(words, folder)
const at = (name: string) => join(folder, name)

let seed = 11
const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647
const numbers = Array.from({ length: 300 }, () => [next(), next(), next()] as const)
/** 300 lines of a, b, c, y, of which `change` may make others. */
const csv = (header = 'a,b,c,y', change: (cells: string[], row: number) => string[] = cells => cells) =>
  `${header}\n${numbers
    .map(
      ([u, v, w], i) =>
        [`a${Math.floor(u * 4)}`, `b${Math.floor(v * 3)}`, w.toFixed(3), u + w > 1 ? 'yes' : 'no', i] as const,
    )
    .map(([a, b, c, y, i]) => change([a, b, c, y], i).join(','))
    .join('\n')}\n`

const files: Record<string, string | Uint8Array> = {
  'good.csv': csv(),
  'empty.csv': '',
  'header.csv': 'a,b,c,y\n',
  'ragged.csv': csv(undefined, (cells, i) => (i === 200 ? [...cells, 'x'] : cells)),
  'semicolons.csv': csv('a;b;c;y', cells => [cells.join(';')]),
  'latin1.csv': Buffer.from(
    csv(undefined, (cells, i) => (i === 8 ? ['é', ...cells.slice(1)] : cells)),
    'latin1',
  ),
  'constant.csv': csv(undefined, cells => [...cells.slice(0, 3), 'no']),
  'nulls.csv': csv(undefined, (cells, i) => (i === 30 || i === 40 ? [...cells.slice(0, 3), ''] : cells)),
  'one-value.csv': csv(undefined, ([, ...cells]) => ['u', ...cells]),
  'no-value.csv': csv(undefined, ([, ...cells]) => ['', ...cells]),
  'twice.csv': csv('a,b,a,y'),
  'infinite.csv': csv(undefined, ([a, b, c, y], i) => [a!, b!, i === 76 ? 'inf' : c!, y!]),
  'leak.csv': csv('a,b,refund,y', ([a, b, , y]) => [a!, b!, `${y}-id`, y!]),
  'rare.csv': `a,b,y\n${Array.from({ length: 4000 }, (_, i) => `a${i % 3},b${i % 7},${i % 1000 === 0 ? 'yes' : 'no'}`).join('\n')}\n`,
  'corrupt.parquet': Buffer.from('PAR1 and then nothing that ends it'),
  'five.csv': csv().split('\n').slice(0, 6).join('\n'),
}

const quick = ['-s', 'logistic', '--epochs', '1', '--threads', '1']
const fit = (name: string, more: string[] = []) =>
  interplay(['fit', at(name), '-t', 'y', ...quick, '-o', at(`run-${name}`), ...more])

/** The words of a `try` line that are a setting, as a shell would split them. */
const tried = (err: string): string[] => {
  const line = /^ {2}try +(--.*)$/m
  expect(err).toMatch(line)
  return [...line.exec(err)![1]!.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/["']/g, quote => (quote === '"' && word.includes("'") ? '"' : '')),
  )
}

describe('a table that cannot be learned from', () => {
  it('a folder: data/not-found, exit 3', async () => {
    mkdirSync(at('folder'))
    const { status, err } = await fit('folder')
    expect(err).toMatch(/^error\[data\/not-found\]: '.*folder' is a folder; a table is one file$/m)
    expect(err).not.toMatch(/^ +at /m)
    expect(status).toBe(3)
  })

  it.each([
    ['no-such.csv', 'data/not-found', "no file, folder or dataset '"],
    ['empty.csv', 'data/empty', "'empty.csv' is empty"],
    ['header.csv', 'data/empty', "'header.csv' has a header and no rows"],
    ['constant.csv', 'data/target-constant', "target 'y' is 'no' in all 300 rows"],
    ['twice.csv', 'data/duplicate-field', "'twice.csv' names 'a' twice, columns 1 and 3"],
    ['corrupt.parquet', 'data/corrupt', "'corrupt.parquet' ends before its footer"],
  ])('%s: %s, exit 3, nothing written', async (name, code, message) => {
    const { status, out, err } = await fit(name)
    expect(err).toContain(`error[${code}]: ${message}`)
    expect(err).not.toMatch(/^ +at /m)
    expect([status, out]).toEqual([3, ''])
  })

  it.each([
    ['ragged.csv', 'data/ragged', "'ragged.csv' line 202 has 5 values, the header 4"],
    ['semicolons.csv', 'data/delimiter', "'semicolons.csv' reads as one field; ';' separates its lines"],
    ['latin1.csv', 'data/encoding', "'latin1.csv' is not UTF-8 at byte"],
    ['nulls.csv', 'data/target-null', "target 'y' is empty in 2 rows, first row 31"],
    ['infinite.csv', 'data/not-finite', "'c' is infinite in 1 row, first row 77"],
  ])('%s: %s, exit 3, and what it says to try runs', async (name, code, message) => {
    const { status, err } = await fit(name)
    expect(err).toContain(`error[${code}]: ${message}`)
    expect(status).toBe(3)
    expect((await fit(name, [...tried(err), '--dry-run'])).status).toBe(0)
  })

  it('a target that is not there, or not given', async () => {
    const { status, err } = await interplay(['fit', at('good.csv'), '-t', 'yy', ...quick])
    expect([status, err]).toEqual([3, expect.stringContaining("error[data/unknown-field]: good.csv has no field 'yy'")])
    const none = await interplay(['fit', at('good.csv'), ...quick])
    expect([none.status, none.err]).toEqual([3, expect.stringContaining('error[data/target-missing]: no target given')])
  })

  it('an error is one document with --json', async () => {
    const { status, out } = await fit('empty.csv', ['--json'])
    expect(JSON.parse(out)).toMatchObject({
      schema: 'interplay.error/1',
      command: 'fit',
      code: 'data/empty',
      exitCode: 3,
    })
    expect(status).toBe(3)
  })
})

describe('a table that is learned from with a word of warning', () => {
  it('one value, or none, in a column: ignored', async () => {
    for (const [name, said] of [
      ['one-value.csv', 'a: one value in training rows'],
      ['no-value.csv', 'a: no value in training rows'],
    ] as const) {
      const { status, out, err } = await fit(name, ['--dry-run'])
      expect([status, out]).toEqual([0, expect.stringContaining(`ignored  ${said}`)])
      expect(err).toMatch(/^warning {2}'a' has .* in training rows; ignored\n$/)
    }
  })
  it('a leak: named with the flag that leaves it out', async () => {
    const { status, err } = await fit('leak.csv', ['--dry-run'])
    expect(status).toBe(0)
    expect(err).toContain("'refund' alone gives AUC 1.000; known when you predict?")
    expect(err).toContain('--ignore refund')
    expect((await fit('leak.csv', ['--ignore', 'refund', '--dry-run'])).err).toBe('')
  })
  it('one positive in a thousand: fitted, and told', async () => {
    const { status, out, err } = await fit('rare.csv')
    expect(status).toBe(0)
    expect(err).toMatch(/1 positive in [\d,]+; precision and recall are shown first/)
    expect(out).toMatch(/test (precision|log loss)/)
    const weighed = await fit('rare.csv', ['--set', 'training.classWeights=balanced', '--overwrite', '--json'])
    expect(weighed.status).toBe(0)
    // Weighed evenly, a model without a clue answers about one half, not one in a thousand.
    const { metrics } = JSON.parse(weighed.out) as { metrics: { test: { brier: { value: number } } } }
    expect(metrics.test.brier.value).toBeGreaterThan(0.1)
  })
})

describe('a model file that is damaged', () => {
  it('is refused by predict and serve before a row is answered', async () => {
    expect((await fit('good.csv')).status).toBe(0)
    const run = at('run-good.csv')
    const model = readFileSync(join(run, 'model.onnx'))
    const calls = [
      ['predict', run, at('good.csv')],
      ['serve', run, '--port', '0'],
    ]
    for (const damaged of [model.subarray(0, model.length / 2), Buffer.from(model).fill(0xff, 100, 200)]) {
      writeFileSync(join(run, 'model.onnx'), damaged)
      for (const words of calls) {
        const { status, out, err } = await interplay(words)
        expect(err, words[0]).toContain('error[onnx/corrupt]:')
        expect([status, out]).toEqual([3, ''])
      }
    }
    rmSync(join(run, 'model.onnx'))
    for (const words of calls) expect((await interplay(words)).err).toContain('error[model/not-found]:')
    writeFileSync(join(run, 'interplay.json'), '{"schema": "interplay.bundle/9"}')
    for (const words of calls) expect((await interplay(words)).err).toContain('error[model/newer]:')
    writeFileSync(join(run, 'interplay.json'), '{"schema": "interpl')
    for (const words of calls) expect((await interplay(words)).err).toContain('error[model/corrupt]:')
  })
})

describe('settings', () => {
  it.each([
    [
      ['--set', 'training.clipNrm=3'],
      'option/unknown',
      "training has no option 'clipNrm'",
      '--set training.clipNorm=...',
    ],
    [['--set', 'training.optimizer=lion'], 'option/invalid', 'training: optimizer', undefined],
    [['--set', 'training.classWeights.maybe=3'], 'option/unknown', "no class 'maybe' to weigh", undefined],
    [['--set', 'hidden=[4]'], 'option/unknown', "logistic has no option 'hidden'", undefined],
    [['--metric', 'acc'], 'option/invalid', 'metric must be one of', undefined],
    [['-s', 'logistc'], 'usage/unknown-system', "no system 'logistc'", '-s logistic'],
    [['--resume'], 'run/not-found', 'holds no run', 'the same command without --resume'],
  ])('%j: %s', async (more, code, message, remedy) => {
    const { status, err } = await interplay(['fit', at('good.csv'), '-t', 'y', ...quick, '-o', at('run-none'), ...more])
    expect(err).toContain(`error[${code}`)
    expect(err).toContain(message)
    if (remedy !== undefined) expect(err).toContain(remedy)
    expect(status).toBe(code === 'run/not-found' ? 3 : 2)
  })
})

it('five rows are too few to part, or are fitted: never a fault of ours', async () => {
  const { err } = await fit('five.csv')
  expect(err).not.toContain('internal/')
})
