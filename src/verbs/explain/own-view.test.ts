import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { fit } from '../index.ts'
import { explainPredictor } from './explain.ts'
import { runSubject } from './run-subject.ts'
import { compile } from '../../engine/index.ts'
import { batchInputs, batchOf, Mode } from '../../nn/index.ts'
import { rowFeeds } from '../../train/index.ts'

let folder: string
let run: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-own-view-'))
  run = join(folder, 'run')
  const random = new Random(4, 'own-view')
  const lines = Array.from({ length: 400 }, () => {
    const [a, b, x] = [random.integer(3), random.integer(3), random.normal()]
    return `a${a},b${b},${(20 + 5 * x).toFixed(2)},${a === b ? 'yes' : 'no'}`
  })
  const data = join(folder, 'rows.csv')
  writeFileSync(data, `a,b,x,same\n${lines.join('\n')}\n`)
  const set = { embeddingDimension: 4, layers: 2, attentionWidth: 4 }
  const options = { system: 'autoint', target: 'same', set, epochs: 2, out: run, budget: 4000, threads: 1 }
  await (await fit(data, options)).close()
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

it("the network made anew from a run's settings and model.onnx answers as the run does", async () => {
  const subject = await runSubject(run, {})
  try {
    const { trained, rows, system } = await subject.open!()
    expect(system.name).toBe('autoint')
    await using program = compile({
      inputs: batchInputs(trained.spec),
      state: trained.state,
      trace: leaves => ({
        outputs: { logits: trained.model.forward(batchOf(trained.spec, leaves), Mode.evaluation()) },
      }),
    })
    const { logits } = await program.run(rowFeeds(trained.spec, rows, 0, rows.rows))
    const answers = await subject.predictor.predict(subject.rows)
    expect(rows.rows).toBe(answers.length)
    answers.forEach((answer, r) => expect(Math.abs(answer - Number(logits!.data[r]))).toBeLessThan(1e-5))
  } finally {
    await subject.close()
  }
})

it('the system as a lens: its weights beside the ablation, in the document and on the page; its view is in the report', async () => {
  const document = await explainPredictor(run, { lens: ['autoint'], predictions: 4000, threads: 1 })
  const of = (index: string) => document.results.filter(each => each.index === index && each.order === 2)
  expect(of('attention').map(({ set }) => [...set].sort().join())).toHaveLength(3)
  expect(new Set(of('attention').map(({ set }) => [...set].sort().join()))).toEqual(
    new Set(of('non-additivity').map(({ set }) => [...set].sort().join())),
  )
  expect(document.results[0]!.index).not.toBe('attention')
  expect(new Set(of('attention').map(({ units }) => units))).toEqual(new Set(['weight']))
  expect(document.notes[0]).toMatch(/non-additivity/)
  const page = readFileSync(join(document.out!, 'page.html'), 'utf8')
  expect(page).toContain(document.notes[0])
  expect(page).toContain('mean attention weight')
  const [strongest] = of('non-additivity').sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
  const title = /<title>[^<]*/.exec(page)![0]
  for (const field of strongest!.set) expect(title).toContain(field)
  expect(title).toContain('log-odds')
  const report = readFileSync(join(run, 'report.html'), 'utf8')
  expect(report).toContain('What autoint shows of itself')
  expect(report).toContain('mean attention weight')

  const row = await explainPredictor(run, { lens: ['autoint'], row: 3, predictions: 800, threads: 1 })
  expect(new Set(row.results.filter(({ order }) => order === 2).map(({ index }) => index))).toEqual(
    new Set(['SII', 'attention']),
  )
})

it('influence: the training rows behind a row, checked by training without them; of no row, those that stand alone', async () => {
  const row = await explainPredictor(run, {
    lens: ['influence'],
    row: 3,
    top: 6,
    settings: { retrain: 10 },
    threads: 1,
  })
  const of = (index: string) => row.results.filter(each => each.index === index)
  expect(row).toMatchObject({ about: 'training rows', units: 'log-odds' })
  expect(row.rows).toBeGreaterThan(200)
  expect(of('influence')).toHaveLength(6)
  expect(of('influence')[0]!.set[0]).toMatch(/^row \d+$/)
  expect(of('influence')[0]!.reason).toMatch(/^same (yes|no); a a\d, b b\d, x [\d.]+$/)
  const changes = of('change by retraining')
  expect(changes.map(({ set }) => set[0])).toEqual([
    'without 10 rows that raise it most',
    'without 10 rows drawn by the seed',
  ])
  for (const { value, reason } of changes) {
    expect(value).not.toBe(0)
    expect(Number.isFinite(value)).toBe(true)
    expect(reason).toMatch(/^influences expect /)
  }
  expect(row.notes.join()).toMatch(/through output.weight .*not through embedding.weight/)
  const page = readFileSync(join(row.out!, 'page.html'), 'utf8')
  expect(page).toContain('has the most influence on the answer of row 3')

  const all = await explainPredictor(run, { lens: ['influence'], top: 5, threads: 1 })
  expect(all.results.map(({ index }) => index)).toEqual(Array<string>(5).fill('self-influence'))
  expect(all.results.every(({ value }) => value > 0)).toBe(true)
  await expect(explainPredictor(run, { lens: ['influence'], settings: { retrian: 1 } })).rejects.toMatchObject({
    code: 'option/unknown',
  })
})

it('another system, and what is no run, are refused', async () => {
  await expect(explainPredictor(run, { lens: ['armnet'] })).rejects.toMatchObject({
    code: 'lens/needs',
    message: expect.stringMatching(/is a run of autoint/),
    try: '--lens autoint',
  })
  writeFileSync(join(folder, 'one.csv'), 'a,b,x\na1,b1,20\n')
  renameSync(join(run, 'run.json'), join(run, 'away.json'))
  await expect(explainPredictor(run, { lens: ['autoint'], input: join(folder, 'one.csv') })).rejects.toMatchObject({
    code: 'lens/needs',
  })
})
