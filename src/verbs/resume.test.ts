import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fitTable, type FitDocument } from './fit.ts'
import { open } from './open.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const built = existsSync(join(root, 'dist/verbs/fit.js'))
if (!built) console.warn('skipped: killing and stopping fit, as dist/ is missing (npm run build)')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-resume-'))
  writeFileSync(join(folder, 'rows.csv'), table())
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Two categories and a number, whose product with one category decides. */
function table(rows = 600): string {
  let seed = 7
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647
  const lines = Array.from({ length: rows }, () => {
    const [a, b, c] = [Math.floor(next() * 6), Math.floor(next() * 9), next() * 2 - 1]
    const logit = (a < 3 ? 3 : -3) * c + (b === 2 ? 1 : 0)
    return `a${a},b${b},${c.toFixed(4)},${next() < 1 / (1 + Math.exp(-logit)) ? 'yes' : 'no'}`
  })
  return `a,b,c,y\n${lines.join('\n')}\n`
}

const options = {
  target: 'y',
  system: 'deepfm',
  set: { hidden: [16], batchNorm: true, dropout: 0.2 },
  epochs: 16,
  patience: 16,
  batch: 32,
  budget: 2000,
  threads: 1,
}

/** Dies by SIGKILL at a moment of its own: a rename, before or after it, or the first event of a stage. */
const mortal = `
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
const { options, death } = JSON.parse(process.argv[1])
const die = () => process.kill(process.pid, 'SIGKILL')
const { rename } = fs
fs.rename = async (from, to) => {
  const here = death.rename !== undefined && to.includes(death.rename)
  if (here && death.when === 'before') die()
  await rename(from, to)
  if (here) die()
}
syncBuiltinESMExports()
const { fitTable } = await import(${JSON.stringify(join(root, 'dist/verbs/fit.js'))})
const onProgress = event => {
  if (event.kind === 'stage' && event.stage === death.stage) die()
  if (event.kind === 'step' && event.step >= death.step) die()
}
await fitTable('rows.csv', { ...options, onProgress })
`

interface Ended {
  status: number | null
  signal: NodeJS.Signals | null
  err: string
}

function start(
  command: string,
  words: string[],
  onError: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
) {
  const child = spawn(command, words, {
    cwd: folder,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', INTERPLAY_HOME: join(folder, 'home') },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', chunk => {
    err += chunk
    onError(err, signal => child.kill(signal))
  })
  return new Promise<Ended>(resolve => child.on('close', (status, signal) => resolve({ status, signal, err })))
}

const fitOrDie = (out: string, death: object, resume: boolean): Promise<Ended> =>
  start(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      mortal,
      JSON.stringify({ options: { ...options, out, resume, checkpointSteps: 5 }, death }),
    ],
    () => {},
  )

const words = (out: string) => [
  ...['fit', 'rows.csv', '-t', 'y', '-s', 'deepfm', '--set', 'hidden=[16]', '--set', 'batchNorm=true'],
  ...['--set', 'dropout=0.2', '--epochs', '16', '--patience', '16', '--batch', '32', '--threads', '1', '-o', out],
]
const interplay = (given: string[], onError: Parameters<typeof start>[2] = () => {}) =>
  start(process.execPath, [join(root, 'bin/interplay.js'), ...given], onError)

/** Sends a signal once, when an epoch has its row. */
const whenTraining = (signal: NodeJS.Signals) => {
  let sent = false
  return (err: string, kill: (signal: NodeJS.Signals) => void) => {
    if (sent || !/^ +\d+ +[\d.]+ /m.test(err)) return
    sent = true
    kill(signal)
  }
}

const hash = (path: string) =>
  createHash('sha256')
    .update(readFileSync(join(folder, path)))
    .digest('hex')
const checkpoints = (out: string) => readdirSync(join(folder, out, 'checkpoints')).sort()
/** The exported model, and the last checkpoint whole: parameters, statistics, moments. */
const weights = (out: string) => {
  const newest = checkpoints(out).findLast(name => name.startsWith('step-'))!
  return { newest, model: hash(`${out}/model.onnx`), state: hash(`${out}/checkpoints/${newest}/state.safetensors`) }
}
const state = (out: string) => JSON.parse(readFileSync(join(folder, out, 'run.json'), 'utf8')).state as string

describe.skipIf(!built)('a run that is stopped', { timeout: 300_000 }, () => {
  let undisturbed: ReturnType<typeof weights>
  beforeAll(async () => {
    expect(await fitOrDie('whole', {}, false)).toMatchObject({ status: 0 })
    undisturbed = weights('whole')
  }, 120_000)

  it('by kill -9, at eight points one after the other, ends with the same weights bit for bit', async () => {
    const deaths = [
      { rename: 'run.json', when: 'before' },
      { rename: 'step-000005', when: 'before' },
      { rename: 'step-000010', when: 'after' },
      { rename: 'best-', when: 'before' },
      { step: 40 },
      { rename: 'step-000196', when: 'before' },
      { rename: 'model.onnx', when: 'before' },
      { stage: 'interactions' },
    ]
    for (const [i, death] of deaths.entries())
      expect(await fitOrDie('killed', death, i > 0), JSON.stringify(death)).toMatchObject({ signal: 'SIGKILL' })
    expect(state('killed')).toBe('running')
    expect(await fitOrDie('killed', {}, true)).toMatchObject({ status: 0 })
    expect(weights('killed')).toEqual(undisturbed)
    expect(state('killed')).toBe('finished')
    expect(checkpoints('killed')).toEqual(checkpoints('whole'))
    const lines = readFileSync(join(folder, 'killed/metrics.jsonl'), 'utf8').trim().split('\n')
    expect(lines.map(line => (JSON.parse(line) as { epoch: number }).epoch)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    )
  })

  it('by Ctrl-C, a full disk, then SIGTERM says how to go on, and goes on', async () => {
    const { status, err } = await interplay(words('stopped'), whenTraining('SIGINT'))
    expect(status).toBe(130)
    expect(err).toContain('stopping; once more leaves at once')
    expect(err).toContain('error[run/interrupted]: stopped at your request')
    const again = /try +interplay (.*)$/m.exec(err)![1]!.replaceAll("'", '').split(' ')
    expect(again).toEqual([...words('stopped').slice(0, -2), '-o', 'stopped', '--resume'])
    expect(state('stopped')).toBe('interrupted')
    await using model = await open(join(folder, 'stopped'))
    const [answer] = await model.predict([{ a: 'a1', b: 'b2', c: 0.5 }])
    expect(answer).toMatchObject({ probability: expect.any(Number), label: expect.stringMatching(/yes|no/) })

    const step = Number(weights('stopped').newest.slice('step-'.length))
    const line = [process.execPath, join(root, 'bin/interplay.js'), ...again].map(word => `'${word}'`).join(' ')
    const full = await start('bash', ['-c', `ulimit -f 8; exec ${line}`], () => {})
    expect(full.err).toMatch(/error\[run\/disk-full\]: no space while writing step \d+/)
    expect(full.err).toContain(`; step ${step} is intact`)
    expect(full.err).toContain('--resume')
    expect(full.status).toBe(4)
    expect(checkpoints('stopped').filter(name => name.startsWith('.'))).toEqual([])

    expect(await interplay(again, whenTraining('SIGTERM'))).toMatchObject({ status: 143 })
    expect(await interplay(again)).toMatchObject({ status: 0 })
    expect(weights('stopped')).toEqual(undisturbed)
  })
})

describe('a run folder', () => {
  const fit = (out: string, more: object = {}) =>
    fitTable(join(folder, 'rows.csv'), {
      ...options,
      epochs: 1,
      out: join(folder, out),
      ...more,
    }) as Promise<FitDocument>

  it('that holds a run is not written over unasked', async () => {
    await fit('a')
    await expect(fit('a')).rejects.toMatchObject({
      code: 'run/exists',
      message: `'${join(folder, 'a')}' already holds a run`,
      try: '--resume, --overwrite or another --out',
    })
  })

  it('is not resumed with other settings or data, but with more epochs', async () => {
    await expect(fit('a', { resume: true, seed: 2 })).rejects.toMatchObject({
      code: 'run/changed',
      message: 'cannot resume: seed changed since the run began',
      why: 'seed was 1, is 2',
    })
    await expect(fit('a', { resume: true, set: { hidden: [8] } })).rejects.toMatchObject({ code: 'run/changed' })
    await expect(fit('a', { resume: true, epochs: 2 })).resolves.toMatchObject({ epochs: { ran: 2 } })
    appendFileSync(join(folder, 'rows.csv'), 'a1,b1,0.5,yes\n')
    await expect(fit('a', { resume: true })).rejects.toMatchObject({
      code: 'run/changed',
      message: expect.stringMatching(/^cannot resume: '.*rows\.csv' changed since the run began$/),
    })
  })

  it('that is not there cannot be resumed', async () => {
    await expect(fit('none', { resume: true })).rejects.toMatchObject({
      code: 'run/not-found',
      try: 'the same command without --resume',
    })
  })

  it('of a run out of time is whole, and says it is not complete', async () => {
    const document = await fit('late', { epochs: 1e6, patience: 1e6, timeLimit: 0.3 })
    expect(document.complete).toBe(false)
    expect(document.epochs.ran).toBeLessThan(1e6)
    for (const name of document.files) expect(existsSync(join(folder, 'late', name)), name).toBe(true)
  })
})
