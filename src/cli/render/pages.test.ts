import { describe, expect, it } from 'vitest'
import { createStyle } from '../terminal/style.ts'
import { epochBar, epochRow, epochTitles } from './epochs.ts'
import { renderError } from './error.ts'
import type { FitDocument, FitPlan } from '../../verbs/index.ts'
import { renderFit, renderFitClosing, renderFitHead } from './fit.ts'
import { renderRank, renderRankClosing } from './rank.ts'
import { renderSpeed } from './speed.ts'
import { renderStudy } from './study.ts'
import { renderSystem, renderSystems } from './systems.ts'

/** The pages of the specification, from documents with its numbers; a number may differ where its format is fixed elsewhere. */
const style = createStyle({ columns: 80 })
const ascii = createStyle({ columns: 80, unicode: false })
const page = (lines: string[]) => `\n${lines.join('\n')}\n`

const head: Pick<FitPlan, 'data' | 'target' | 'ignored' | 'system'> = {
  data: { name: 'birdstrikes', rows: 10_000, fields: { categorical: 8, numeric: 1, time: 1 } },
  target: { name: 'damage', kind: 'binary', summary: '10.6% yes', split: '7:1:2 random, seed 1' },
  ignored: [{ fields: ['Cost Repair', 'Cost Other', 'Cost Total $'], reason: 'known only after the strike' }],
  system: { name: 'autoint', chosen: 'default for tables', parameters: 61_412, memoryBytes: 38e6 },
}

const fit: FitDocument = {
  schema: 'interplay.fit/1',
  interplay: '0.1.0',
  command: 'fit',
  seed: 1,
  notes: [],
  options: {},
  rows: { train: 7000, valid: 1000, test: 2000 },
  importances: [],
  parameters: 61_412,
  run: 'runs/birdstrikes-autoint-1',
  system: 'autoint',
  seconds: 11.4,
  epochs: { ran: 9, best: 7, metric: 'auc' },
  metrics: {
    valid: {},
    test: { auc: { value: 0.862, low: 0.846, high: 0.877 }, logLoss: { value: 0.249, low: 0.235, high: 0.263 } },
  },
  baselines: [
    {
      name: 'logistic',
      metrics: { auc: { value: 0.841, low: 0.824, high: 0.857 }, logLoss: { value: 0.262, low: 0.247, high: 0.277 } },
    },
    { name: 'base rate', metrics: { auc: { value: 0.5 }, logLoss: { value: 0.331 } } },
  ],
  interactions: [
    { set: ['Wildlife Size', 'Phase of flight'], value: 0.412, low: 0.352, high: 0.474 },
    { set: ['Time of day', 'Phase of flight'], value: 0.06, low: -0.001, high: 0.12 },
  ],
  complete: true,
  warnings: [],
  files: ['report.html', 'model.onnx', 'interplay.json'],
}

describe('fit', () => {
  it('says what it is about to do', () => {
    expect(page(renderFitHead(head, style))).toBe(`
data     birdstrikes   10,000 rows, 10 fields: 8 categorical, 1 numeric, 1 time
target   damage        10.6% yes      split 7:1:2 random, seed 1
ignored  Cost Repair, Cost Other, Cost Total $: known only after the strike
system   autoint       default for tables; 61,412 parameters, 38 MB
`)
  })
  it('shows the epochs', () => {
    const columns = [{ title: 'train loss' }, { title: 'valid AUC' }, { title: 'valid log loss' }]
    const row = (epoch: number, values: number[], seconds: number, best?: boolean) =>
      epochRow({ epoch, values, seconds, best }, columns, style)
    const bar = { epoch: 3, done: 14 / 34, rowsPerSecond: 41_200, secondsLeft: 8 }
    expect(
      page([
        epochTitles(columns, style),
        row(1, [0.3107, 0.8212, 0.2741], 1.1),
        row(2, [0.2684, 0.8446, 0.2602], 1.0, true),
        epochBar(bar, style),
        epochBar(bar, ascii),
      ]),
    ).toBe(`
epoch   train loss   valid AUC   valid log loss    time
    1       0.3107      0.8212           0.2741   1.1 s
    2       0.2684      0.8446           0.2602   1.0 s   best
    3  ━━━━━━━━━━━━━━╺━━━━━━━━━━━━━━━━━━━━  41,200 rows/s   0:08 left
    3  ==============>--------------------  41,200 rows/s   0:08 left
`)
  })
  it('says what came out', () => {
    expect(page([...renderFit(fit, style), ...renderFitClosing(fit, style)])).toBe(`
done     9 epochs in 11.4 s; best 7 by validation AUC; test rows used once

                     test AUC               log loss
autoint     0.862 [0.846, 0.877]   0.249 [0.235, 0.263]
logistic    0.841 [0.824, 0.857]   0.262 [0.247, 0.277]
base rate   0.500                  0.331

interactions   log-odds beyond the separate effects, 95% interval
  1  Wildlife Size × Phase of flight    0.412 [0.352, 0.474]
  2  Time of day × Phase of flight      0.060 [-0.001, 0.120]  within noise

wrote    runs/birdstrikes-autoint-1   report.html, model.onnx, interplay.json
next     interplay explain runs/birdstrikes-autoint-1
`)
  })
})

describe('systems', () => {
  const row = (name: string, summary: string, holds: number, claims: number, commit: string) => ({
    name,
    family: 'features',
    task: 'table',
    summary,
    paper: null,
    study: { holds, claims, notRun: 0, commit, date: '2026-01-01T08:00:00Z' },
  })
  const autoint = row('autoint', 'which fields attend to each other', 6, 6, '3f2c1ab')
  const optinter = row('optinter', 'memorise, factorise or skip each pair', 5, 7, '90be77d')
  it('lists', () => {
    expect(page(renderSystems([autoint, optinter], 75, style))).toBe(`
name        task    what it learns                          claims   commit
autoint     table   which fields attend to each other        6 / 6   3f2c1ab
optinter    table   memorise, factorise or skip each pair    5 / 7   90be77d
2 of 75 systems                               interplay systems NAME for one
`)
  })
  it('shows one', () => {
    const system = {
      ...optinter,
      summary: 'chooses for every pair of fields: its own embedding, a product, or nothing',
      paper: {
        title: 'Memorize, Factorize, or be Naive: Learning Optimal Feature Interaction Methods for CTR Prediction',
        venue: 'ICDE',
        year: 2022,
      },
    }
    const shown = {
      system,
      options: [
        {
          option: 'search',
          type: 'text',
          default: 'single',
          range: 'single|bilevel',
          meaning: 'where pair weights learn',
        },
        {
          option: 'minCrossCount',
          type: 'integer',
          default: 20,
          range: '>= 1',
          meaning: "rarer value pairs share the pair's unknown code",
        },
      ],
      claims: [
        { claim: 'null pairs left out', expected: '>= 8 of 13', measured: '5 of 13', holds: false },
        {
          claim: 'logits match',
          expected: '<= 1e-5',
          measured: 'logits 3.1e-7, gradients 4.0e-6',
          holds: true,
          parityWith: "authors' code",
        },
      ],
      run: 'interplay fit rows.csv -t clicked -s optinter',
    }
    expect(page(renderSystem(shown, new Date('2026-01-03T07:00:00Z'), style))).toBe(`
optinter   features, table      5 of 7 claims hold (90be77d, 2 days ago)
Memorize, Factorize, or be Naive: Learning Optimal Feature Interaction Methods
for CTR Prediction. ICDE 2022
Chooses for every pair of fields: its own embedding, a product, or nothing.

option          type      default   range            meaning
search          text      single    single|bilevel   where pair weights learn
minCrossCount   integer   20        >= 1             rarer value pairs share
                                                     the pair's unknown code

     claim                  expected     measured
✗    null pairs left out    >= 8 of 13   5 of 13
✓    logits match           <= 1e-5      logits 3.1e-7, gradients 4.0e-6

run      interplay fit rows.csv -t clicked -s optinter
parity   authors' code: logits 3.1e-7, gradients 4.0e-6
`)
  })
})

it('rank parts the fields from the controls', () => {
  const rows = [
    { set: ['device'], gain: 0.0412, noise: 0.0009, values: 214, missing: 0, flags: [] },
    { set: ['session_id'], gain: 0, noise: 0.0031, values: 98_112, missing: 0, flags: ['id-like'] },
  ]
  expect(page(renderRank({ rows }, style))).toBe(`
 #  field        gain (nats)   noise up to   values   missing
 1  device            0.0412        0.0009      214      0.0%
--  controls rank here: nothing below is told from noise --
 2  session_id        0.0000        0.0031   98,112      0.0%   id-like
`)
})

it('rank ends with where it was written and what comes next', () => {
  const about = { rows: [], data: 'a.csv', target: 'y', ranked: 10, run: 'runs/a-outrank-1', files: ['report.html'] }
  const document = { ...about, notes: ['ranked on 10 of 14 rows'], seconds: 1.25, options: { order: 1 } }
  expect(page(renderRankClosing(document, ['my rows.csv', '-t', 'y'], style))).toBe(`

note     ranked on 10 of 14 rows
wrote    runs/a-outrank-1   report.html, in 1.3 s
next     interplay rank 'my rows.csv' -t y --order 2
`)
})

describe('study', () => {
  const document = {
    claims: [
      { claim: "logits match the authors' code", expected: '<= 1e-5', measured: 3.1e-7, holds: true },
      { claim: 'Frappe: within 0.001 of the best', expected: '<= 0.001', measured: null, holds: null, note: 'no data' },
      { claim: 'null pairs left out, bilevel', expected: '>= 8 of 13', measured: '5 of 13', holds: false },
    ],
    seconds: 372,
    page: 'studies/optinter.html',
  }
  it('puts failures first', () => {
    expect(page(renderStudy(document, style))).toBe(`
     claim                               expected     measured
✗    null pairs left out, bilevel        >= 8 of 13   5 of 13
✓    logits match the authors' code      <= 1e-5      3.1e-7
–    Frappe: within 0.001 of the best    <= 0.001     not run: no data
1 holds, 1 does not, 1 not run           6 min 12 s   studies/optinter.html
`)
  })
  it('keeps its columns in ASCII', () => {
    expect(page(renderStudy(document, ascii))).toBe(`
      claim                               expected     measured
NO    null pairs left out, bilevel        >= 8 of 13   5 of 13
ok    logits match the authors' code      <= 1e-5      3.1e-7
--    Frappe: within 0.001 of the best    <= 0.001     not run: no data
1 holds, 1 does not, 1 not run            6 min 12 s   studies/optinter.html
`)
  })
})

it('bench speed names what is slower and what was not measured', () => {
  const ours = (median: number, min: number, max: number) => ({ median, min, max })
  const document = {
    machine: { threads: 2 },
    batch: 4096,
    rounds: 7,
    rows: [
      {
        system: 'dnn',
        batch: 4096,
        ours: ours(105e3, 103e3, 106e3),
        peer: ours(36e3, 35e3, 37e3),
        ratio: 2.92,
        peakBytes: { ours: 212e6, peer: 640e6 },
        plannedBytes: null,
        compileSeconds: null,
        ofMatMul: null,
      },
      {
        system: 'autoint',
        batch: 4096,
        ours: ours(21e3, 20e3, 22e3),
        peer: ours(23e3, 22e3, 23e3),
        ratio: 0.91,
        peakBytes: { ours: 480e6, peer: 910e6 },
        plannedBytes: null,
        compileSeconds: null,
        ofMatMul: null,
      },
      {
        system: 'fgcnn',
        batch: 4096,
        ours: null,
        peer: null,
        ratio: null,
        peakBytes: null,
        plannedBytes: null,
        compileSeconds: null,
        ofMatMul: null,
        reason: 'peer not installed',
      },
    ],
  }
  expect(page(renderSpeed(document, style))).toBe(`
2 threads, batch 4,096, 7 rounds interleaved, median [min, max]
system    ours rows/s        peer rows/s       ratio    peak MB, ours / peer
dnn       105k [103, 106]    36k [35, 37]      2.92×    212 / 640
autoint    21k [20, 22]      23k [22, 23]      0.91×    480 / 910    slower
fgcnn      not measured: peer not installed
`)
})

it('bench speed without a peer shows ours, why there is no other, and the share of a plain MatMul', () => {
  const spread = (median: number) => ({ median, min: median, max: median })
  const row = {
    system: 'dnn',
    batch: 4096,
    ours: spread(38e3),
    peer: null,
    ratio: null,
    peakBytes: { ours: 300e6, peer: null },
    plannedBytes: null,
    compileSeconds: { trace: 0.25, session: 0.0512 },
    ofMatMul: spread(0.714),
    operators: [
      { operator: 'Gemm', count: 8, seconds: 0.08 },
      { operator: 'Mul', count: 20, seconds: 0.0197 },
      { operator: 'Add', count: 9, seconds: 0.0003 },
    ],
    heap: { steps: 1000, grownBytes: 41_300 },
    reason: 'peer not installed',
  }
  const document = { machine: { threads: 2 }, batch: 4096, rounds: 7, matmul: spread(118e9), rows: [row] }
  const lines = renderSpeed(document, style)
  expect(lines[2]).toMatch(/^dnn +38k \[38, 38\] +not measured: peer not installed +300$/)
  expect(lines.slice(3)).toEqual([
    '  dnn: a step of 4,096 takes 107.8 ms; compiled in 0.30 s (trace 0.25, session 0.05)',
    '    Gemm 80%, Mul 20%, Add 0%',
    '    over 1,000 steps JavaScript came to hold 41 kB more',
    "a plain MatMul of 1,024³ reaches 118 [118, 118] GFLOP/s; the steps' products, of it:",
    '  dnn 0.71',
  ])
})

it('an error is a block of what is known', () => {
  const error = {
    code: 'data/unknown-field',
    message: "clicks.csv has no field 'clickd'",
    where: '--target clickd',
    why: '12 fields were read; nearest: clicked, clicks_7d',
    try: 'interplay fit clicks.csv --target clicked',
  }
  expect(page(renderError(error, style))).toBe(`
error[data/unknown-field]: clicks.csv has no field 'clickd'
  where  --target clickd
  why    12 fields were read; nearest: clicked, clicks_7d
  try    interplay fit clicks.csv --target clicked
`)
  expect(renderError({ code: 'a/b', message: 'x' }, style)).toEqual(['error[a/b]: x'])
})
