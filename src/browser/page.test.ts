import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { build, preview, type InlineConfig, type PreviewServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { datasets } from '../data/datasets/catalogue.ts'
import { locateFile } from '../data/datasets/locate.ts'
import { prepareTable } from '../data/index.ts'
import { farther } from '../engine/ops/records/compare.ts'
import { answersOf, type PlainAnswer } from '../engine/ops/records/in-page.ts'
import { estimate } from '../metrics/index.ts'
import { autoint } from '../systems/features/autoint/index.ts'
import { parseOptions } from '../system/index.ts'
import { answersOf as tableAnswers, TableLearner, trainingSettings, trainTable } from '../train/index.ts'
import { openBundle } from './index.ts'

const executablePath = '/usr/bin/chromium'
const present = existsSync(executablePath)
if (!present) console.warn(`skipped: the page in a browser, as ${executablePath} is missing`)
const birdstrikes = datasets.find(({ name }) => name === 'birdstrikes')!
const shipped = locateFile(birdstrikes, birdstrikes.files[0]!) !== undefined
if (!shipped) console.warn('skipped: the page in a browser, as vega-datasets is missing')

const place = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const epochs = 2
/** A shared machine may take long; a quiet one takes seconds. */
const patience = 180_000

/** The training that `interplay fit data:birdstrikes` does, in this process. */
async function trainedInNode() {
  const prepared = await prepareTable('data:birdstrikes', { cache: false })
  const options = parseOptions(autoint, {})
  const settings = trainingSettings(prepared.train.rows, { epochs, threads: 1 }, autoint.training?.(options))
  const learner = new TableLearner(autoint.create!(options, prepared.spec), prepared.spec, settings, prepared.train)
  const { history } = await trainTable(learner, prepared, { settings })
  const test = estimate((await tableAnswers(learner, prepared.test))[0]!)
  await learner.close()
  return { history, test }
}

describe.skipIf(!present || !shipped)('the page in Chromium', { timeout: patience }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'interplay-page-'))
  let server: PreviewServer
  let browser: Browser
  let page: Page
  const faults: string[] = []
  const asked: string[] = []

  beforeAll(async () => {
    const config: InlineConfig = {
      configFile: place('../../vite.browser.config.js'),
      build: { outDir: folder, rollupOptions: { input: { operators: place('../engine/ops/records/in-page.ts') } } },
    }
    await build(config)
    server = await preview({ ...config, preview: { port: 0, host: '127.0.0.1' } })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.setDefaultTimeout(patience)
    page.on('pageerror', error => faults.push(error.message))
    page.on('request', request => asked.push(request.url()))
    await page.goto(server.resolvedUrls!.local[0]!)
  }, patience)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    rmSync(folder, { recursive: true })
  })

  const texts = (selector: string) => page.locator(selector).allTextContents()

  it('trains autoint on birdstrikes to the loss of Node, under a live curve, and predicts', async () => {
    const { history, test } = await trainedInNode()
    await page.fill('[name=epochs]', String(epochs))
    await page.click('[name=train]')
    const drawn = async () => (await page.locator('path.training').getAttribute('d'))!.length
    await page.waitForSelector('path.training')
    const early = await drawn()
    await page.waitForSelector('#scores')
    expect(await drawn()).toBeGreaterThan(early)

    const rows = await page.locator('#epochs tbody tr').all()
    expect(rows).toHaveLength(epochs)
    for (const [i, { trainLoss, valid }] of history.entries()) {
      const [, train, auc, logLoss] = (await rows[i]!.locator('td').allTextContents()).map(Number)
      expect(Math.abs(train! - trainLoss)).toBeLessThan(1e-3)
      expect(Math.abs(logLoss! - valid.logLoss!)).toBeLessThan(1e-3)
      expect(Math.abs(auc! - valid.auc!)).toBeLessThan(2e-3)
    }
    const [auc, logLoss] = (await texts('#scores tbody td')).map(Number.parseFloat)
    expect(Math.abs(auc! - test.auc!.value)).toBeLessThan(2e-3)
    expect(Math.abs(logLoss! - test.logLoss!.value)).toBeLessThan(1.5e-3)

    await page.click('#fields button')
    await page.waitForFunction(() => document.querySelector('#answer')!.textContent !== '')
    expect(await page.textContent('#answer')).toMatch(/^Probability of damage yes: 0\.\d{4}; label (yes|no)$/)
  })

  it('answers for what was learned, and shows an answer or the fault of a row', async () => {
    const answer = (await page.textContent('#answer'))!
    await page.selectOption('[name=target]', 'Airport Name')
    await page.click('#fields button')
    await page.waitForTimeout(200)
    expect(await page.textContent('#answer')).toBe(answer)

    const speed = page.locator('#fields [name="Speed IAS in knots"]')
    const given = await speed.inputValue()
    await speed.fill('fast')
    await page.click('#fields button')
    await page.waitForSelector('#row-fault li')
    expect(await page.textContent('#row-fault')).toMatch(/^request\/invalid/)
    expect(await page.textContent('#answer')).toBe('')
    expect(await texts('#fault li')).toEqual([])
    await speed.fill(given)
    await page.click('#fields button')
    await page.waitForFunction(() => document.querySelector('#answer')!.textContent !== '')
    expect(await page.textContent('#row-fault')).toBe('')
    expect(await page.textContent('#answer')).toBe(answer)
    await page.selectOption('[name=target]', 'damage')
  })

  it('gives the bundle away, which answers the same row in Node', async () => {
    const files: Record<string, Uint8Array> = {}
    await Promise.all([
      new Promise<void>(done => {
        page.on('download', download => {
          void download.path().then(path => {
            files[download.suggestedFilename()] = readFileSync(path)
            if (files['model.onnx'] && files['interplay.json']) done()
          })
        })
      }),
      page.click('[name=keep]'),
    ])
    await using model = await openBundle(files)
    const row = await page.evaluate(() => {
      const form = document.querySelector<HTMLFormElement>('#fields')!
      return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
    })
    const [answer] = (await model.predict([row])) as { probability: number }[]
    const shown = Number(/0\.\d{4}/.exec((await page.textContent('#answer'))!)![0])
    expect(Math.abs(answer!.probability - shown)).toBeLessThan(1e-4)
  })

  it('stops where it is asked to and keeps what it has', async () => {
    await page.fill('[name=epochs]', '1000')
    await page.click('[name=train]')
    const focused = () =>
      page.evaluate(() => document.activeElement!.getAttribute('name') ?? document.activeElement!.tagName)
    expect(await focused()).toBe('stop')
    await page.waitForSelector('path.validation[d^=M]')
    await page.click('#curve summary')
    const drawn = await page.getAttribute('path.training', 'd')
    await page.waitForFunction(before => document.querySelector('path.training')!.getAttribute('d') !== before, drawn)
    expect(await focused()).toBe('SUMMARY')
    expect(await page.locator('#curve details').getAttribute('open')).toBe('')

    await page.setViewportSize({ width: 320, height: 640 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.click('[name=stop]')
    await page.waitForSelector('#scores')
    expect(await page.textContent('#result')).toContain('stopped at your request after')
    expect(await focused()).toBe('train')
  })

  const choose = (name: string, text: string, encoding: BufferEncoding = 'utf8') =>
    page.setInputFiles('[name=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(text, encoding) })

  it('refuses a file that it would misread, and keeps the rows it has', async () => {
    const source = await page.textContent('#source')
    for (const [text, code] of [
      ['a;b\n1;2\n', 'data/delimiter'],
      ['a,a\n1,2\n', 'data/duplicate-field'],
      ['a,b\ncafé,2\n', 'data/encoding'],
    ] as const) {
      await choose('misread.csv', text, 'latin1')
      await page.waitForFunction(wanted => document.querySelector('#fault b')?.textContent === wanted, code)
    }
    expect(await page.textContent('#source')).toBe(source)
  })

  it('draws the losses of a value in its unit, for a target whose name a header spaces out', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `c${i % 3}, ${1000 + (i % 3) * 50 + (i % 7)}`)
    await choose('prices.csv', `colour, price\n${lines.join('\n')}\n\n`)
    await page.waitForFunction(() => document.querySelector('#source')!.textContent!.includes('300 rows, 2 fields'))
    await page.selectOption('[name=target]', 'price')
    await page.fill('[name=epochs]', '2')
    await page.click('[name=train]')
    await page.waitForSelector('#scores')
    expect(await page.textContent('#curve figcaption')).toMatch(/^Validation RMSE is \d+/)
    expect(await page.textContent('.key.validation')).toMatch(/units of price, \d+ rows$/)
    const [, train, valid] = (await texts('#epochs tbody tr:first-child td')).map(Number)
    expect(train! / valid!).toBeGreaterThan(0.5)
    expect(train! / valid!).toBeLessThan(2)
  })

  it('says what is wrong with a target', async () => {
    await page.fill('[name=seed]', '1')
    await choose('tiny.csv', 'a,b\n1,2\n3,2\n')
    await page.waitForFunction(() => document.querySelector('#source')!.textContent!.includes('tiny.csv'))
    await page.selectOption('[name=target]', 'b')
    await page.click('[name=train]')
    await page.waitForSelector('#fault li')
    expect(await page.textContent('#fault')).toMatch(/^data\/(target-constant|split)/)
  })

  it('runs the operators of a table model as Node does, on two threads', async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    const families = ['matmul', 'activation', 'gather', 'reduce', 'segment', 'normalization']
    const url = new URL('operators.js', page.url()).href
    // As text: the test's transform would replace `import` by what no page has.
    const asking = `import('${url}').then(({ answersOf }) => answersOf(${JSON.stringify(families)}, 20, 2))`
    const there = (await page.evaluate(asking)) as PlainAnswer[]
    const here = await answersOf(families, 20)
    expect(there.map(({ label }) => label)).toEqual(here.map(({ label }) => label))
    const wrong = here.flatMap(({ label, tolerance, outputs, gradients }, i) => [
      ...outputs.flatMap((values, k) => farther(label, there[i]!.outputs[k]!, values, tolerance)),
      ...gradients.flatMap((values, k) =>
        values ? farther(`${label}: gradient`, there[i]!.gradients[k]!, values, tolerance) : [],
      ),
    ])
    expect(wrong).toEqual([])
    expect(here.length).toBeGreaterThan(40)
  })

  it('asks nothing of any other place and reports no fault', () => {
    expect(
      asked.filter(url => !url.startsWith(page.url()) && !url.startsWith('blob:') && !url.startsWith('data:')),
    ).toEqual([])
    expect(faults).toEqual([])
  })
})
