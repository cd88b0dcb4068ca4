import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InterplayError } from '../errors/index.ts'
import '../verbs/route.ts'
import '../verbs/search.ts'
import { defineCommand, type Call, type Outcome } from './command.ts'
import { flag } from './flags/flag.ts'
import { text, toggle } from './flags/kind.ts'
import { capture } from './testing.ts'

let folder: string
let out: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-resumes-'))
  out = join(folder, 'r')
  mkdirSync(out)
  writeFileSync(join(out, 'run.json'), '{}')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A run that was begun, stopped by a verb that says how to go on. */
const begun = async (): Promise<Outcome> => {
  throw new InterplayError('run/interrupted', 'stopped at your request', { where: out, try: 'interplay ... --resume' })
}
const stopped = (call: Call): Promise<Outcome> =>
  new Promise((_resolve, reject) => {
    call.signal.addEventListener('abort', () => setImmediate(() => reject(call.signal.reason)))
    setImmediate(() => process.emit('SIGINT'))
  })

async function advice(line: string, run: (call: Call) => Promise<Outcome>) {
  const verb = defineCommand({
    operands: [{ name: '[INPUT...]', describe: 'data' }],
    flags: {
      for: flag(text, 'what', { value: 'WHAT' }),
      system: flag(text, 'which', { value: 'NAME' }),
      resume: flag(toggle, 'go on'),
      overwrite: flag(toggle, 'anew'),
    },
    run: run as never,
  })
  const entries = ['fit', 'search', 'study'].map(name => ({ name, summary: name, load: async () => verb }))
  const { status, err } = await capture(line.split(' '), folder, undefined, entries)
  expect(status).toBe(130)
  expect(err).toContain('error[run/interrupted]: stopped at your request\n')
  return err.includes('--resume')
}

describe('--resume is advised', () => {
  it.each(['fit a.csv', 'fit a.csv --system dcnv2', 'search a.csv --for settings'])('of a run: %s', async line => {
    expect(await advice(line, begun)).toBe(true)
  })
  it('where a run lies under --out', async () => {
    expect(await advice(`fit a.csv --resume --out ${out}`, stopped)).toBe(true)
    expect(await advice('study a.csv', stopped)).toBe(true)
  })
})

describe('--resume is not advised', () => {
  it.each(['fit a.csv --system boosted-trees', 'fit a.csv --system funbat'])(
    'where no checkpoints are kept: %s',
    async line => {
      expect(await advice(line, begun)).toBe(false)
    },
  )
  it('of a system that chooses parts of its model', async () => {
    expect(await advice(`search a.csv --for features --out ${out}`, stopped)).toBe(false)
  })
  it('where no run was begun, or one to be replaced', async () => {
    expect(await advice('fit a.csv', stopped)).toBe(false)
    expect(await advice(`fit a.csv --overwrite --out ${out}`, stopped)).toBe(false)
  })
})
