import { describe, expect, test } from 'vitest'
import { parse, View, type LoggerInterface } from 'vega'
import { compile } from 'vega-lite'
import { Random } from '../random/index.ts'
import { calibrationCurve, precisionRecallCurve, rocCurve, tallyScores } from '../metrics/index.ts'
import {
  ablationCurves,
  agreementChart,
  attentionMap,
  bandCurves,
  blockPanels,
  calibrationChart,
  cellMap,
  chartConfig,
  classShift,
  coOccurrence,
  confusionChart,
  contributionBars,
  crossBars,
  fieldProfile,
  gateBars,
  gateMap,
  groupIntervals,
  haloChart,
  imageEvidence,
  importanceChart,
  influenceBars,
  informationParts,
  interactionBars,
  interactionMap,
  layeredGraph,
  latencyHistogram,
  learningCurves,
  logitParts,
  methodMap,
  pairEffect,
  pairPanels,
  paretoChart,
  patchLinks,
  precisionRecallChart,
  renderSvg,
  residualChart,
  rocChart,
  scoreHistogram,
  selectionRibbon,
  signedBlocks,
  surface,
  swarmChart,
  type ChartSpec,
  type PairGrid,
} from './index.ts'

const random = new Random(1, 'charts')
const rows = 400
const labels = Array.from({ length: rows }, () => Number(random.uniform() < 0.2))
const logits = labels.map(label => random.normal() - 1.5 + 1.6 * label)
const probabilities = logits.map(logit => 1 / (1 + Math.exp(-logit)))
const tally = tallyScores(labels, probabilities)
const counts = { positives: tally.positiveRows, negatives: tally.negativeRows, positiveClass: 'yes' }
const roc = rocCurve(tally)
const precisionRecall = precisionRecallCurve(tally)
const area = { value: 0.862, low: 0.846, high: 0.877 }
const fields = ['Wildlife Size', 'Phase of flight', 'Time of day', 'Origin State', 'Speed IAS in knots']
const interactions = fields.flatMap((a, i) =>
  fields
    .slice(i + 1)
    .map((b, j) => ({ set: [a, b], value: 0.4 / (1 + i + j) - 0.05, low: -0.05 + 0.1 * (3 - j), high: 0.5 })),
)
const importances = fields.map((field, i) => ({ field, value: 0.08 / (i + 1), low: 0.08 / (i + 1) - 0.02, high: 0.1 }))

function grid(kinds: PairGrid['kinds'], sizes: [number, number]): PairGrid {
  const values = sizes.map((size, f) => Array.from({ length: size }, (_, i) => `${'ab'[f]}${i}`)) as [
    string[],
    string[],
  ]
  const cells = sizes[0] * sizes[1]
  const joint = Array.from({ length: cells }, () => random.normal())
  return {
    fields: ['Phase of flight', 'Wildlife Size'],
    kinds,
    values,
    joint,
    separate: joint.map(value => value * 0.7),
    rows: joint.map((_, i) => (i % 5) * 20),
    low: joint.map(value => value * 0.3 - 0.1),
    high: joint.map(value => value * 0.3 + 0.1),
    units: 'log-odds',
  }
}

const charts: Record<string, ChartSpec> = {
  'band curves': bandCurves({
    field: 'time',
    at: [0, 1, 2],
    curves: ['function 1', 'function 2'].map((name, i) => ({
      name,
      mean: [i, 1.5 * i, 2],
      low: [i - 0.2, i, 1.7],
      high: [i + 0.2, 2 * i, 2.3],
    })),
    units: 'function value',
    sampleSize: '40 entries',
  }),
  'patch links': patchLinks({
    title: 'Patches of image 3 answer those of image 9',
    cells: { rows: 2, columns: 2 },
    pictures: [1, 0].map(shift => ({
      title: `image ${shift}`,
      rows: 2,
      columns: 2,
      brightness: [0.1, 0.9, 0.4, 0.4],
      boxes: [{ name: 'a', row: 0, column: shift }],
    })),
    table: { columns: [{ title: 'patch', format: 'text' }], rows: [['a']] },
    units: 'cosine',
    sampleSize: '1 pair',
  }),
  'block panels': blockPanels({
    title: 'Weighing expert 2 alike moves long histories most',
    rows: ['no history', 'histories of 1 to 2'],
    columns: ['expert 1', 'expert 2'],
    panels: [
      { name: 'says', values: [0.2, -0.4, 0.1, 0.3] },
      { name: 'moves', values: [0, 0.1, 0.2, 0.5] },
    ],
    rowTitle: 'history',
    columnTitle: 'expert',
    units: 'log-odds',
    sampleSize: '40 rows',
  }),
  'group intervals': groupIntervals({
    title: 'Histories are worth most to the longest',
    groups: [
      { name: 'no history', rows: 3 },
      { name: 'histories of 1 to 2', rows: 40 },
    ],
    series: [
      { name: 'with', values: [null, { value: 0.71, low: 0.6, high: 0.8 }] },
      { name: 'without', values: [null, { value: 0.61, low: 0.5, high: 0.7 }] },
    ],
    units: 'AUC',
  }),
  'signed blocks': signedBlocks({
    blocks: [
      { column: 'place 1', row: 'time 1', value: 1.2, low: 1, high: 1.4 },
      { column: 'place 2', row: 'time 1', value: -0.1, low: -0.3, high: 0.1 },
    ],
    columnTitle: 'function of place',
    rowTitle: 'function of time',
    units: 'degrees',
    sampleSize: '40 entries',
  }),
  latency: latencyHistogram({ microseconds: [12, 14, 15, 18, 22, 900], what: 'tick' }),
  ribbon: selectionRibbon({
    choices: [
      { from: 0, chosen: ['spread', 'imbalance'] },
      { from: 40, chosen: ['spread', 'volume'] },
      { from: 70, chosen: ['imbalance', 'spread'] },
    ],
    end: 100,
    step: 'tick',
  }),
  surface: surface({
    x: { field: 'place', at: [0, 1, 2] },
    y: { field: 'time', at: [5, 10] },
    values: [1, 2, 3, 4, 5, 4],
    where: 'depth 3',
    units: 'degrees',
    sampleSize: '40 entries',
  }),
  learningCurves: learningCurves({
    epochs: [1, 2, 3, 4].map(epoch => ({
      epoch,
      trainLoss: 0.4 / epoch,
      validLoss: 0.3 + 0.01 * (epoch - 2) ** 2,
      value: 0.8,
    })),
    metric: { title: 'AUC', better: 'higher' },
    lossTitle: 'log loss',
    best: 2,
    validRows: 1000,
  }),
  learningCurvesOfOneEpoch: learningCurves({
    epochs: [{ epoch: 1, trainLoss: 0.4 }],
    lossTitle: 'log loss',
    best: 1,
    validRows: 10,
  }),
  roc: rocChart({
    series: [
      { name: 'autoint', x: roc.falsePositiveRate, y: roc.truePositiveRate, area },
      { name: 'logistic', x: [0, 0.5, 1], y: [0, 0.7, 1], area },
    ],
    ...counts,
  }),
  precisionRecall: precisionRecallChart({
    series: [{ name: 'autoint', x: precisionRecall.recall, y: precisionRecall.precision, area }],
    ...counts,
  }),
  calibration: calibrationChart(calibrationCurve(tally), 'yes'),
  scoreHistogram: scoreHistogram(labels, probabilities, ['no', 'yes']),
  importance: importanceChart({ importances, units: 'AUC', phrase: 'lost when the field is shuffled', rows }),
  numericProfile: fieldProfile(
    {
      name: 'Speed',
      type: 'numeric',
      rows,
      missing: 12,
      distinct: 90,
      minimum: 0,
      median: 140,
      maximum: 400,
      bins: Array.from({ length: 10 }, (_, i) => ({ from: i * 40, to: i * 40 + 40, rows: 10 * i, targetMean: i / 20 })),
    },
    'share yes',
  ),
  categoricalProfile: fieldProfile(
    {
      name: 'Wildlife Size',
      type: 'categorical',
      rows,
      missing: 0,
      distinct: 40,
      top: Array.from({ length: 12 }, (_, i) => ({ value: `value ${i}`, rows: 40 - i, targetMean: 0.1 })),
      otherRows: 20,
    },
    'share yes',
  ),
  interactionMap: interactionMap({
    interactions,
    fields,
    units: 'log-odds',
    rows,
    importances: { values: importances, units: 'AUC' },
  }),
  signedMap: interactionMap({
    interactions,
    fields,
    units: 'log-odds',
    rows,
    scale: 'signed',
    order: 'schema',
    maximum: 1,
  }),
  interactionBars: interactionBars({ interactions, units: 'log-odds', rows }),
  categoricalPair: pairEffect(grid(['categorical', 'categorical'], [4, 15])),
  numericPair: pairEffect(grid(['numeric', 'numeric'], [20, 20])),
  mixedPair: pairEffect(grid(['categorical', 'numeric'], [6, 10])),
  ...Object.fromEntries(pairPanels(grid(['numeric', 'categorical'], [8, 3])).map((panel, i) => [`panel${i}`, panel])),
  gates: gateBars({
    fields,
    gates: [
      { name: 'stream 1', values: [1.6, 1.1, 0.9, 1, 1.2] },
      { name: 'stream 2', values: [0.7, 1, 1.3, 1, 1.1] },
    ],
    neutral: 1,
    rows,
  }),
  gateMap: gateMap({
    places: Array.from({ length: 60 }, () => random.normal()),
    shares: [0.6, 0.3],
    gates: Array.from({ length: 150 }, () => random.normal()),
    experts: ['expert 1', 'expert 2', 'expert 3', 'expert 4', 'expert 5'],
    nameOf: row => `row ${row + 1}`,
  }),
  attention: attentionMap({
    fields,
    maps: [1, 2].flatMap(layer =>
      [1, 2].map(head => ({ layer, head, weights: fields.flatMap(() => fields.map(() => random.uniform())) })),
    ),
    rows,
  }),
  logitParts: logitParts([
    {
      label: 'row 17',
      parts: [
        { name: 'stream 1', value: 1.2 },
        { name: 'stream 2', value: -0.4 },
        { name: 'interaction', value: 0.5 },
      ],
    },
    {
      label: 'row 20',
      parts: [
        { name: 'stream 1', value: -1 },
        { name: 'stream 2', value: -0.2 },
        { name: 'interaction', value: 0.1 },
      ],
    },
  ]),
  agreement: agreementChart({
    pairs: interactions.map(({ set, value }, i) => ({ set, weight: 0.1 * (i % 4), ablation: Math.abs(value) })),
    weight: 'attention',
    ablation: 'non-additivity',
    units: 'log-odds',
    correlation: 0.31,
    rows,
  }),
  crosses: crossBars({
    crosses: [
      { fields: fields.slice(0, 3), share: 0.4, powers: [1.2, -0.4, 0.1] },
      { fields: [], share: 0.2, powers: [] },
    ],
    of: 'neurons',
    rows,
  }),
  methods: methodMap({
    fields,
    cells: interactions.map(({ set }, i) => ({
      set: set as [string, string],
      method: (['memorise', 'factorise', 'naive'] as const)[i % 3]!,
      weight: 0.4 + 0.05 * i,
      crosses: 100 * i,
      rareShare: 0.1 * (i % 4),
    })),
    rows,
  }),
  halo: haloChart({
    set: ['Wildlife Size', 'Phase of flight'],
    points: [1, 5, 9].flatMap(tenth =>
      ([1, -1] as const).map(way => ({
        split: [tenth, 10 - tenth] as const,
        directions: [way, 1] as const,
        excess: 0.01 * tenth - 0.02,
        inside: tenth < 6,
        fis: -0.1,
        dials: [1 + way * 0.1, 1.2] as const,
      })),
    ),
    epsilon: 0.05,
    loss: 'log loss',
    rows,
  }),
  swarm: swarmChart({
    sets: [
      { set: ['a', 'b'], reference: -0.3, least: -0.5, greatest: -0.2 },
      { set: ['a', 'c'], reference: 0.01, least: -0.1, greatest: 0.1 },
    ].map(each => ({
      ...each,
      points: Array.from({ length: 30 }, (_, i) => ({
        fis: each.least + ((each.greatest - each.least) * Math.floor(i / 3)) / 9,
        excess: 0.001 * i,
      })),
    })),
    units: 'FIS, log loss',
    epsilon: 0.05,
    rows,
  }),
  informationParts: informationParts({
    sources: ['text', 'image'],
    label: 'sarcasm',
    redundancy: 0.16,
    unique: [0.02, 0.01],
    synergy: 0.49,
    bounds: { low: 0.04, high: 0.79 },
    sampleSize: '2,000 rows',
  }),
  cellMap: cellMap({
    rows: { title: 'text', names: ['a', 'b'] },
    columns: { title: 'image', names: ['1', '2', '3'] },
    values: [0.1, -0.02, 0, 0.3, 0.05, -0.1],
    says: (row, column) => `${row + column} rows`,
    finding: 'carry most of the synergy',
    units: 'bits',
    sampleSize: '2,000 rows',
  }),
  'class shift': classShift({
    classes: ['A', 'B'],
    before: [0.7, 0.3],
    after: [0.2, 0.8],
    by: 'ring set absent',
    of: 'image 3',
  }),
  'co-occurrence': coOccurrence({
    names: ['ring', 'cross', 'blob'],
    jaccard: [1, 1, 0.2, 1, 1, 0.2, 0.2, 0.2, 1],
    identical: [[0, 1]],
    images: 40,
  }),
  'contribution bars': contributionBars({
    title: 'image 3 is A by ring 2: 1.2 of a logit of 2',
    parts: [
      { name: 'ring 2', value: 1.2, says: 'cosine 0.9 with image 12' },
      { name: 'cross 1', value: -0.3, says: 'cosine 0.1 with image 9' },
    ],
    units: 'logit',
    sampleSize: '1 image',
  }),
  'image evidence': imageEvidence({
    title: 'ring is read from its own place: 62.0% of the evidence',
    panels: ['ring', 'cross'].map((title, i) => ({
      title,
      picture: { rows: 3, columns: 3, values: [0, 0.2, 1, 0.4, 0.4, 0.9, 0, 0, i] },
      evidence: { rows: 2, columns: 2, values: [0, 1, -0.5, i] },
      outlines: [
        {
          name: 'its own region',
          corners: [
            [0.1, 0.1],
            [0.6, 0.1],
            [0.6, 0.6],
          ] as const,
        },
      ],
      text: `image ${i}: ${title}`,
    })),
    table: { columns: [{ title: 'concept', format: 'text' }], rows: [['ring'], ['cross']] },
    units: 'share of the positive evidence',
    sampleSize: '2 images',
  }),
  influence: influenceBars({
    rows: [
      { number: 12, says: 'damage yes; Wildlife Size Large', value: 0.02 },
      { number: 4107, says: 'damage no; Wildlife Size Small', value: -0.013 },
    ],
    on: 'the answer of row 17',
    units: 'log-odds',
    of: 7000,
  }),
  pareto: paretoChart({
    points: [
      { name: 'fm', cost: 5e4, value: 0.967, low: 0.966, high: 0.968 },
      { name: 'dnn', cost: 4e5, value: 0.984 },
      { name: 'deepfm', cost: 4.2e5, value: 0.983 },
      { name: 'paper', cost: 3e5, value: 0.9845, published: true },
    ],
    costTitle: 'parameters',
    metric: { title: 'AUC', better: 'higher' },
  }),
  'pareto of one point': paretoChart({
    points: [{ name: 'fm', cost: 5e4, value: 0.967 }],
    costTitle: 'parameters',
    metric: { title: 'AUC', better: 'higher' },
  }),
  'pareto of one seed': paretoChart({
    points: [
      { name: 'fm', cost: 5e4, value: 0.967 },
      { name: 'dnn', cost: 4e5, value: 0.984 },
    ],
    costTitle: 'parameters',
    metric: { title: 'AUC', better: 'higher' },
  }),
  residuals: residualChart(
    logits,
    logits.map(value => value + random.normal() * 0.3),
    'speed',
  ),
  confusion: confusionChart([40, 3, 2, 5, 30, 1, 0, 9, 20], ['cat', 'dog', 'bird']),
  'layered graph': layeredGraph({
    title: '2 edges between directions, in 1 section',
    layers: [
      {
        name: 'hidden',
        nodes: Array.from({ length: 43 }, (_, i) => ({ name: `${i}`, importance: 1 / (i + 1), cluster: 1 + (i % 6) })),
      },
      { name: 'output', nodes: [{ name: '0', importance: 1 }] },
    ],
    edges: [
      { layer: 0, from: 0, to: 0, strength: 2 },
      { layer: 0, from: 42, to: 0, strength: 0.5 },
    ],
    sampleSize: '60 test examples',
    units: 'squared effect',
  }),
  'ablation curves': ablationCurves({
    title: '3 of 8 directions of hidden are needed in the lib basis',
    series: [
      { name: 'lib', points: [1, 2, 4, 8].map(kept => ({ kept, score: Math.min(1, kept / 3) })) },
      { name: 'pca', points: [1, 2, 4, 8].map(kept => ({ kept, score: Math.min(1, kept / 5) })) },
    ],
    what: 'directions of hidden',
    score: 'accuracy',
    sampleSize: '60 test examples',
  }),
}

describe.each(Object.entries(charts))('%s', (_, chart) => {
  test('says its finding, its sample and its units, and has a table', () => {
    expect(chart.title).toMatch(/^\S.*[^.\s]$/)
    expect(chart.title).not.toMatch(/NaN|undefined|null|Infinity/)
    expect(chart.description).toBe(chart.title)
    expect(chart.spec.description).toBe(chart.title)
    expect(chart.units).not.toBe('')
    expect(chart.sampleSize).toMatch(/\d/)
    expect(chart.table.rows.length).toBeGreaterThan(0)
    for (const row of chart.table.rows) expect(row.length).toBe(chart.table.columns.length)
  })

  test('is plain data without colours', () => {
    expect(JSON.parse(JSON.stringify(chart))).toEqual(chart)
    expect(JSON.stringify(chart.spec).replace(/#000000|#FFFFFF/g, '')).not.toMatch(/#[0-9A-F]{6}/i)
  })

  test.each(['light', 'dark'] as const)('compiles and draws without a warning, %s', async theme => {
    const heard: unknown[] = []
    const logger = {
      level: () => logger,
      warn: hear,
      error: hear,
      info: () => logger,
      debug: () => logger,
    } as never as LoggerInterface
    function hear(...words: unknown[]) {
      heard.push(words)
      return logger
    }
    const compiled = compile(structuredClone(chart.spec), { config: chartConfig(theme), logger }).spec
    await new View(parse(compiled), { renderer: 'none', logger }).runAsync()
    expect(heard).toEqual([])
    const svg = await renderSvg(chart.spec, theme, { idPrefix: 'chart-1-' })
    expect(svg).toMatch(/^<svg[^>]* viewBox="0 0 \d/)
    expect(svg).not.toMatch(/NaN|undefined|url\(#(?!chart-1-)|id="(?!chart-1-)/)
  })
})
