import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attentionMap, gateBars, tokens, type FieldProfile, type PairGrid } from '../charts/index.ts'
import { compareAuc, estimate } from '../metrics/index.ts'
import { Random } from '../random/index.ts'
import { renderExplainPage, renderReport, renderStudyPage, sampleTest, verdict, type RunReport } from './index.ts'

const hostile = `<script>alert("x")</script> & 'co'`
const fields = ['Size', 'Phase', 'Time of day', hostile, 'Speed']
const random = new Random(1, 'report-test')
const rows = 600
const logits = Array.from({ length: rows }, () => random.normal() * 1.5 - 1)
const targets = logits.map(logit => Number(random.uniform() < 1 / (1 + Math.exp(-logit))))
const predictions = logits.map(logit => 1 / (1 + Math.exp(-logit - 0.3 * random.normal())))
const weaker = logits.map(logit => 1 / (1 + Math.exp(-logit - 2 * random.normal())))
const interactions = fields.flatMap((a, i) =>
  fields.slice(i + 1).map((b, j) => ({ set: [a, b], value: 0.4 / (1 + i + 2 * j), low: 0.1 * (1 - j), high: 0.6 })),
)
const importances = fields.map((field, i) => ({ field, value: 0.1 / (1 + i), low: 0.01, high: 0.2 }))
const grid: PairGrid = {
  fields: ['Size', 'Phase'],
  kinds: ['categorical', 'categorical'],
  values: [
    ['Small', 'Large'],
    ['climb', 'approach', hostile],
  ],
  joint: [0.1, -0.2, 0, 0.9, 0.1, -0.5],
  separate: [0, 0, 0, 0.1, 0.1, -0.1],
  rows: [200, 100, 30, 212, 50, 8],
  units: 'log-odds',
}
const profiles: FieldProfile[] = fields.map(name =>
  name === 'Speed'
    ? {
        name,
        type: 'numeric',
        rows,
        missing: 30,
        distinct: 90,
        minimum: 0,
        median: 140,
        maximum: 400,
        bins: [0, 100, 200, 300].map(from => ({ from, to: from + 100, rows: 140, targetMean: 0.2 })),
      }
    : {
        name,
        type: 'categorical',
        rows,
        missing: 0,
        distinct: 3,
        top: [{ value: hostile, rows: 300 }],
        otherRows: 300,
      },
)
const metrics = (answers: number[]) => estimate({ kind: 'binary', targets, predictions: answers })
const difference = compareAuc(targets, predictions, weaker)

const report: RunReport = {
  schema: 'interplay.report/1',
  interplay: '0.1.0',
  run: 'runs/birdstrikes-autoint-1',
  created: '2026-03-02T10:11:12Z',
  seconds: 11.4,
  threads: 2,
  seed: 1,
  command: 'interplay fit data:birdstrikes',
  system: { name: 'autoint', parameters: 61_412, paper: { title: 'AutoInt', venue: 'CIKM', year: 2019 } },
  data: {
    name: 'birdstrikes',
    rows: { train: 7000, valid: 2000, test: rows },
    split: '7:2:1 random',
    fields: profiles,
    ignored: [{ fields: ['Cost Repair'], reason: 'known only after the strike' }],
  },
  target: { name: 'damage', kind: 'binary', classes: ['no', 'yes'], positiveShare: 0.3 },
  model: { name: 'autoint', metrics: metrics(predictions) },
  baselines: [
    { name: 'logistic', metrics: metrics(weaker) },
    { name: 'base rate', metrics: { auc: { value: 0.5 } } },
  ],
  comparisons: [{ baseline: 'logistic', metric: 'auc', difference, pValue: difference.pValue }],
  history: {
    lossTitle: 'log loss',
    metric: 'auc',
    best: 2,
    epochs: [1, 2, 3].map(epoch => ({
      epoch,
      trainLoss: 0.5 / epoch,
      validLoss: 0.4,
      value: 0.8 - 0.01 * (epoch - 2) ** 2,
    })),
  },
  test: sampleTest({ targets, predictions, baselines: [{ name: 'logistic', predictions: weaker }] }, 1),
  importances: { values: importances, units: 'AUC', phrase: 'lost when the field is shuffled', rows },
  interactions: {
    values: interactions,
    index: 'SII',
    units: 'log-odds',
    rows,
    method: 'Shapley interaction index of the log-odds.',
    complete: true,
  },
  pairs: [grid],
  figures: [
    attentionMap({ fields, maps: [{ layer: 1, head: 1, weights: fields.flatMap(() => fields.map(() => 0.2)) }], rows }),
    gateBars({
      fields,
      gates: [
        { name: 'stream 1', values: [1.5, 1, 1, 1, 0.5] },
        { name: 'stream 2', values: [0.5, 1, 1, 1, 1.5] },
      ],
      neutral: 1,
      rows,
    }),
  ],
  warnings: [
    { code: 'data/leak', message: `'refund_id' alone gives AUC 0.998`, try: 'interplay fit --ignore refund_id' },
  ],
  settings: [{ name: 'epochs', value: '100', origin: 'default' }],
  snippets: [{ title: 'curl', code: `curl -d '{"rows": []}' localhost:8080/v1/predict` }],
  next: ['interplay explain runs/birdstrikes-autoint-1'],
}

const explained = {
  schema: 'interplay.explain/1',
  interplay: '0.1.0',
  lens: 'shapley',
  predictor: 'runs/a',
  data: 'birdstrikes',
  rows,
  fields,
  units: 'log-odds',
  results: interactions.map(entry => ({
    ...entry,
    index: 'SII',
    order: 2,
    exact: false,
    budget: 20_000,
    imputer: 'marginal',
  })),
  complete: false,
  created: '2026-03-02T10:11:12Z',
  seconds: 20,
  seed: 1,
  command: 'interplay explain runs/a',
  pairs: [grid],
  warnings: [],
}

const study = {
  schema: 'interplay.study/1',
  system: 'optinter',
  size: 'full',
  commit: '90be77d',
  date: '2026-03-02T10:11:12Z',
  seconds: 372,
  machine: '2 threads',
  claims: [
    { claim: 'logits match', expected: '<= 1e-5', measured: 3.1e-7, holds: true },
    { claim: 'null pairs left out', expected: '>= 8 of 13', measured: '5 of 13', holds: false, seeds: [1, 2, 3] },
    { claim: 'Frappe', expected: '<= 0.001', measured: null, holds: null, note: 'no data' },
  ],
  table: { columns: ['model', 'AUC'], rows: [[hostile, 0.98421]] },
  figures: report.figures,
} as const

const pages = {
  report: renderReport(report),
  study: renderStudyPage(study),
  explain: renderExplainPage(explained),
}

describe.each(Object.entries(pages))('the %s page', (_, rendering) => {
  test('is one file that names no address and runs no script but its own', async () => {
    const page = await rendering
    expect(page).not.toMatch(/https?:|@import|src=|<link/)
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page).toContain('default-src &#39;none&#39;')
    expect(page.length).toBeLessThan(2_000_000)
  })

  test('escapes what the data brings', async () => {
    const page = await rendering
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; ')
  })

  test('has one of each id, every link leads somewhere, and nothing is left unsaid', async () => {
    const page = await rendering
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(match => match[1]!)
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
    for (const [, goal] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(goal)
    for (const [, goal] of page.matchAll(/url\(#([^)]*)\)/g)) expect(ids).toContain(goal)
    for (const [, pair] of page.matchAll(/var\(--([0-9a-f]{6}-[0-9a-f]{6})\)/g)) expect(page).toContain(`--${pair}:#`)
    expect(page.replace(/<script.*<\/script>/s, '')).not.toMatch(/undefined|NaN|\[object/)
  })
})

test('the report answers first, then why, then folds what it was made of', async () => {
  const page = await pages.report
  const order = [
    '<h1>',
    'class="scoreboard"',
    'id="roc"',
    'id="importance"',
    'id="map"',
    'id="pair-1"',
    'id="use"',
    'id="data"',
    'id="method"',
  ]
  const places = order.map(mark => page.indexOf(mark))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(places[0]).toBeGreaterThan(0)
})

test('the verdict names the strongest baseline, and only a difference told from noise is better or worse', () => {
  const said = (changes: Partial<RunReport>) => verdict({ ...report, ...changes })
  const auc = (value: number) => ({ auc: { value, low: value - 0.01, high: value + 0.01 } })
  const model = { name: 'autoint', metrics: auc(0.86) }
  const baselines = [
    { name: 'base rate', metrics: { auc: { value: 0.5 } } },
    { name: 'logistic', metrics: auc(0.841) },
  ]
  const against = (value: number) => [
    { baseline: 'logistic', metric: 'auc', difference: { value, low: value - 0.01, high: value + 0.01 } },
  ]
  const numbers = 'test AUC 0.860 [0.850, 0.870], logistic 0.841'
  expect(said({ model, baselines, comparisons: against(0.02) })).toBe(`autoint is better than logistic: ${numbers}`)
  expect(said({ model, baselines, comparisons: against(-0.02) })).toBe(`autoint is worse than logistic: ${numbers}`)
  expect(said({ model, baselines, comparisons: against(0.005) })).toBe(
    `autoint is not told apart from logistic: ${numbers}`,
  )
  expect(said({ model, baselines, comparisons: [] })).toBe(`autoint is ahead of logistic: ${numbers}`)
  expect(said({ model, baselines: [] })).toBe('autoint reaches test AUC 0.860 [0.850, 0.870]')
})

test('where positives are rare, precision and recall come first', () => {
  const rare = { ...report, target: { ...report.target, positiveShare: 0.001 }, comparisons: [] }
  expect(verdict(rare)).toContain('test average precision')
})

test('says where no interactions were measured, and how to measure them', async () => {
  expect(await pages.report).toContain('attends most to')
  const page = await renderReport({ ...report, interactions: undefined })
  expect(page).toContain('No interactions were measured in this run.')
  expect(page).toContain('<code>interplay explain runs/birdstrikes-autoint-1</code>')
})

test('a report of the least there can be is whole', async () => {
  const page = await renderReport({
    ...report,
    baselines: [],
    comparisons: undefined,
    history: { ...report.history, epochs: [] },
    test: undefined,
    importances: undefined,
    interactions: undefined,
    pairs: undefined,
    figures: undefined,
    warnings: [],
    settings: [],
    snippets: undefined,
    next: undefined,
  })
  expect(page).toContain('<h1>autoint reaches test AUC')
})

test('regression shows errors, multiclass a confusion matrix', async () => {
  const numbers = logits.map(logit => logit + random.normal())
  const regression = await renderReport({
    ...report,
    target: { name: 'speed', kind: 'regression' },
    model: { name: 'dnn', metrics: estimate({ kind: 'regression', targets: numbers, predictions: logits }) },
    baselines: [],
    comparisons: [],
    history: { ...report.history, metric: 'rmse' },
    test: { targets: numbers, predictions: logits, rows },
  })
  expect(regression).toContain('id="residuals"')
  expect(regression).toMatch(/<h1>dnn reaches test RMSE \d/)
  const classes = ['cat', 'dog', hostile]
  const three = Array.from({ length: rows }, () => random.integer(3))
  const probabilities = three.flatMap(label => classes.map((_, c) => (c === label ? 0.6 : 0.2)))
  const multiclass = await renderReport({
    ...report,
    target: { name: 'animal', kind: 'multiclass', classes },
    model: { name: 'dnn', metrics: estimate({ kind: 'multiclass', targets: three, predictions: probabilities }) },
    baselines: [],
    comparisons: [],
    history: { ...report.history, metric: 'logLoss' },
    test: { targets: three, predictions: probabilities, rows },
  })
  expect(multiclass).toContain('id="confusion"')
  expect(multiclass).toContain('Every row is called as it is')
})

test('above 50,000 rows the drawn rows are an even sample, the same each time', () => {
  const many = Array.from({ length: 60_000 }, (_, i) => i)
  const sample = sampleTest({ targets: many, predictions: many.flatMap(i => [i, -i]) }, 3)
  expect([sample.targets.length, sample.predictions.length, sample.rows]).toEqual([50_000, 100_000, 60_000])
  const kept = Array.from(sample.targets)
  expect(kept).toEqual([...kept].sort((a, b) => a - b))
  expect(new Set(kept).size).toBe(50_000)
  expect([sample.predictions[10], sample.predictions[11]]).toEqual([kept[5], -kept[5]!])
  expect(Array.from(sampleTest({ targets: many, predictions: many }, 3).targets)).toEqual(kept)
  expect(kept.filter(row => row < 30_000).length / 50_000).toBeCloseTo(0.5, 2)
})

test('the study page puts failures first and words them as they are', async () => {
  const page = await pages.study
  expect(page).toContain('<h1>optinter: 1 holds, 1 does not, 1 not run</h1>')
  expect(page).toContain('does not hold: expected &gt;= 8 of 13, measured 5 of 13 (3 seeds)')
  const places = ['✗ does not hold</b>', '✓ holds</b>', '– not run</b>'].map(mark => page.indexOf(mark))
  expect(places).toEqual([...places].sort((a, b) => a - b))
})

test('the explain page says when it stopped at its budget', async () => {
  const page = await pages.explain
  expect(page).toContain('<b>Stopped at its budget</b>')
  expect(page).toContain('by sampling')
  expect(await renderExplainPage({ ...explained, results: [], complete: true, pairs: [] })).toContain(
    'Nothing was measured',
  )
})

const executable = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(path => path !== undefined && existsSync(path))
if (!executable)
  console.warn('skipped: no Chromium found (set CHROMIUM to its path), pages are not tested in a browser')

describe.skipIf(!executable)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())

  interface Opening {
    width?: number
    colorScheme?: 'light' | 'dark'
    javaScriptEnabled?: boolean
  }

  async function open(name: keyof typeof pages, { width = 1280, ...options }: Opening = {}) {
    const heard: string[] = []
    const context = await browser.newContext({ viewport: { width, height: 800 }, ...options })
    const page = await context.newPage()
    page.on('console', message => heard.push(message.text()))
    page.on('pageerror', error => heard.push(String(error)))
    await page.route('**/*', route => {
      const address = route.request().url()
      if (address === 'http://report.test/') return route.fulfill({ contentType: 'text/html', body: html })
      heard.push(`request ${address}`)
      return route.abort()
    })
    const html = await pages[name]
    await page.goto('http://report.test/')
    return { page, heard, close: () => context.close() }
  }

  test.each(['report', 'study', 'explain'] as const)(
    '%s: no message, no request, no sideways scroll, all drawn',
    async name => {
      for (const width of [1280, 360, 320]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          const { page, heard, close } = await open(name, { width, colorScheme })
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
          const sizes = await page.$$eval('svg', list =>
            list.filter(svg => !svg.closest('details:not([open])')).map(svg => svg.getBoundingClientRect().width),
          )
          expect(sizes.length).toBeGreaterThan(0)
          expect(Math.min(...sizes)).toBeGreaterThan(200)
          const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
          expect(background).toBe(rgb(tokens[colorScheme].background))
          expect(heard).toEqual([])
          await close()
        }
      }
    },
  )

  test('drawings follow the theme, and print is light', async () => {
    const { page, close } = await open('report', { colorScheme: 'dark' })
    const bar = () => page.$eval('#importance [data-say]', mark => getComputedStyle(mark).fill)
    expect(await bar()).toBe(rgb(tokens.dark.accent))
    await page.emulateMedia({ media: 'print' })
    expect(await bar()).toBe(rgb(tokens.light.accent))
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe(rgb(tokens.light.text))
    await close()
  })

  test('is whole without script', async () => {
    const { page, close } = await open('report', { javaScriptEnabled: false })
    expect(await page.locator('#map svg').isVisible()).toBe(true)
    await page.locator('#roc summary').click()
    expect(await page.locator('#roc table').isVisible()).toBe(true)
    await close()
  })

  test('has names, headings in order, and targets of 24 px', async () => {
    for (const name of ['report', 'study', 'explain'] as const) {
      const { page, close } = await open(name)
      expect(await page.evaluate(audit), name).toEqual([])
      await close()
    }
  })

  test('arrows move between marks, Enter opens the pair, Escape is quiet', async () => {
    const { page, close } = await open('report')
    const map = page.locator('#map .drawing')
    await map.focus()
    await page.keyboard.press('ArrowDown')
    const said = page.locator('#say')
    expect(await said.textContent()).toMatch(/rank \d/)
    await page.keyboard.press('Escape')
    expect(await said.textContent()).toBe('')
    await reach(page, 'Size × Phase:')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('pair-1')
    await close()
  })

  test('on a phone the map is a tap away', async () => {
    const { page, close } = await open('report', { width: 360 })
    expect(await page.locator('#map svg').isVisible()).toBe(false)
    expect(await page.locator('#strongest svg').isVisible()).toBe(true)
    await page.locator('details.map > summary').click()
    expect(await page.locator('#map svg').isVisible()).toBe(true)
    await close()
  })

  /** Walks the map's marks until one begins with `text`. */
  async function reach(page: Page, text: string): Promise<void> {
    for (const key of ['ArrowUp', 'ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowLeft']) {
      for (let step = 0; step < fields.length; step++) {
        await page.keyboard.press(key)
        if ((await page.locator('#say').textContent())?.startsWith(text)) return
      }
    }
    expect.unreachable(`no mark says '${text}'`)
  }
})

function rgb(colour: string): string {
  return `rgb(${[1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16)).join(', ')})`
}

/** Runs in the page: faults that an accessibility checker would name. */
function audit(): string[] {
  const faults: string[] = []
  let level = 0
  for (const heading of document.querySelectorAll('h1,h2,h3')) {
    const own = Number(heading.tagName[1])
    if (own > level + 1) faults.push(`heading ${heading.textContent} skips a level`)
    level = own
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1')
  for (const svg of document.querySelectorAll('svg')) {
    if (svg.getAttribute('role') !== 'img' || !svg.getAttribute('aria-label')) faults.push('a drawing has no name')
  }
  for (const figure of document.querySelectorAll('figure')) {
    if (!figure.querySelector('figcaption')?.textContent) faults.push(`figure ${figure.id} has no finding`)
  }
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption?.textContent?.trim()) faults.push('a table has no caption')
    if (!table.querySelector('th[scope=col]')) faults.push('a table has no heads')
  }
  for (const control of document.querySelectorAll<HTMLElement>('a,summary,[tabindex="0"]')) {
    const name = control.getAttribute('aria-label') ?? control.textContent
    if (!name?.trim()) faults.push(`${control.outerHTML.slice(0, 80)} has no name`)
    const box = control.getBoundingClientRect()
    if (box.width > 1 && (box.height < 24 || box.width < 24)) faults.push(`${name} is ${box.width} by ${box.height} px`)
  }
  const positive = document.querySelectorAll('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])')
  if (positive.length > 0) faults.push('focus order is forced')
  if (document.documentElement.lang !== 'en' || !document.title) faults.push('no language or title')
  return faults
}
