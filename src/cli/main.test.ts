import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InterplayError } from '../errors/index.ts'
import { defineCommand, nameCommand, type Call, type CommandDefinition, type Outcome } from './command.ts'
import { flag } from './flags/flag.ts'
import { integer, optional, toggle } from './flags/kind.ts'
import { repeatedList } from './flags/list.ts'
import { settings } from './flags/settings.ts'
import { capture } from './testing.ts'

let folder: string
let run: (call: Call) => Promise<Outcome>
let seen: Call
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-command-line-'))
  run = async () => ({ document: { schema: 'interplay.fit/1', auc: NaN }, lines: () => ['a page'] })
})
afterEach(() => rmSync(folder, { recursive: true }))

const fit: CommandDefinition = defineCommand({
  operands: [{ name: '[INPUT...]', describe: 'what to learn from' }],
  flags: {
    target: flag(repeatedList, 'what to predict', { short: 't', value: 'FIELD,...', repeat: true }),
    epochs: flag(integer({ min: 1 }), 'passes over the training rows', { value: 'N', default: '100' }),
    set: flag(settings, 'an option of the system', { value: 'KEY=VALUE', repeat: true }),
    controls: flag(toggle, 'no controls', { negated: true }),
    rashomon: flag(optional(integer()), 'good models', { value: '[N]' }),
    resume: flag(toggle, 'go on where a run stopped'),
    overwrite: flag(toggle, 'replace it'),
  },
  examples: ['interplay fit rows.csv -t clicked'],
  run: call => ((seen = call), run(call)),
})
const speed = nameCommand('speed', 'training speed', { run: async () => ({ lines: () => ['fast'] }) })
const serve = defineCommand({
  operands: [{ name: 'PREDICTOR...', describe: 'what answers' }],
  flags: { port: flag(integer({ min: 0 }), 'port', { value: 'N' }) },
  run: async call => ((seen = call), {}),
})
const entries = [
  { name: 'fit', summary: 'learn from data', load: async () => fit },
  { name: 'serve', summary: 'answer HTTP', load: async () => serve },
  { name: 'study', summary: 'measure claims', load: async () => fit },
  { name: 'bench', summary: 'compare', load: async () => ({ commands: [speed] }) },
  { name: 'never', summary: 'never loaded', load: () => Promise.reject(new Error('loaded')) },
]

function interplay(line: string | string[], environment?: NodeJS.ProcessEnv) {
  const words = typeof line === 'string' ? line.split(' ').filter(Boolean) : line
  return capture(words, folder, environment, entries)
}

describe('help and version', () => {
  it('lists the verbs without loading them', async () => {
    for (const line of ['--help', '-h', 'help', '']) {
      const { status, out } = await interplay(line)
      expect(status).toBe(0)
      expect(out).toMatch(/^usage: interplay VERB/)
      expect(out).toContain('  fit                     learn from data')
      expect(out).toContain('--dry-run')
    }
    expect((await interplay('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
  it('explains one verb', async () => {
    const { out } = await interplay('fit --help')
    expect(out).toContain('usage: interplay fit [INPUT...] [flags]')
    expect(out).toContain('-t, --target FIELD,...')
    expect(out).toContain('passes over the training rows (default: 100)')
    expect(out).toContain('--rashomon [N]')
    expect(out).toContain('examples\n  interplay fit rows.csv -t clicked')
    expect((await interplay('help fit')).out).toBe(out)
    expect((await interplay('bench speed --help')).out).toContain('usage: interplay bench speed')
  })
})

describe('settings', () => {
  it('come from flags before and after the verb', async () => {
    await interplay([
      '--seed',
      '7',
      'fit',
      'a.csv',
      'edges=e.csv',
      '-t',
      'a,b',
      '-t',
      'c',
      '--set',
      'x.y=[1]',
      '--no-controls',
      '--rashomon',
      '-q',
    ])
    expect(seen.operands).toEqual(['a.csv', 'edges=e.csv'])
    expect(seen.options).toEqual({
      seed: 7,
      target: ['a', 'b', 'c'],
      set: { x: { y: [1] } },
      controls: false,
      rashomon: true,
      quiet: true,
    })
    expect(seen.origins).toMatchObject({ seed: 'flag --seed', controls: 'flag --no-controls', 'set.x.y': 'flag --set' })
  })
  it('come from flag, environment, then file', async () => {
    writeFileSync(join(folder, 'interplay.config.yaml'), 'fit: { epochs: 3, target: low }\nserve: { port: 1 }\n')
    await interplay('fit --seed 2', { INTERPLAY_SEED: '9', INTERPLAY_TARGET: 'middle' })
    expect(seen.options).toEqual({ seed: 2, target: ['middle'], epochs: 3 })
    await interplay('serve -', { INTERPLAY_PORT: '8080' })
    expect(seen.options).toEqual({ port: 8080 })
    expect(seen.operands).toEqual(['-'])
  })
  it('are refused by name, place and line', async () => {
    expect(await interplay('fit --epochs 2.5')).toEqual({
      status: 2,
      out: '',
      err: "error[option/invalid]: epochs must be an integer >= 1, got '2.5'\n  where  --epochs 2.5\n",
    })
    writeFileSync(join(folder, 'ours.yaml'), 'fit:\n  epoch: 3\n')
    expect((await interplay('fit -c ours.yaml')).err).toBe(
      "error[option/unknown]: fit has no flag 'epoch'\n  where  ours.yaml line 2\n  why    nearest: epochs\n",
    )
  })
})

describe('wrong words', () => {
  const error = async (line: string) => (await interplay(line)).err.trimEnd().split('\n')
  it('suggest the right ones, and a command that runs', async () => {
    expect(await error('fitt rows.csv')).toEqual([
      "error[usage/unknown-verb]: no verb 'fitt'",
      '  why    nearest: fit',
      '  try    interplay fit rows.csv',
    ])
    expect(await error('fit rows.csv --tagret=y')).toEqual([
      "error[usage/unknown-flag]: fit has no flag '--tagret'",
      '  why    nearest: --target',
      '  try    interplay fit rows.csv --target=y',
    ])
    expect(await error('bench sped')).toEqual([
      "error[usage/unknown-verb]: bench has no command 'sped'",
      '  why    nearest: speed',
      '  try    interplay bench speed',
    ])
    expect(await error('zzz')).toEqual([
      "error[usage/unknown-verb]: no verb 'zzz'",
      '  why    one of fit, serve, study, bench, never',
      '  try    interplay --help',
    ])
  })
  it('say what is missing or too much', async () => {
    expect(await error('serve')).toEqual([
      'error[usage/missing-input]: serve needs PREDICTOR',
      '  why    usage: interplay serve PREDICTOR... [flags]',
      '  try    interplay serve --help',
    ])
    expect(await error('fit --epochs')).toEqual([
      'error[usage/missing-value]: --epochs N is without its value',
      '  try    interplay fit --help',
    ])
    expect((await interplay('bench speed now')).status).toBe(2)
    expect(await error('bench')).toEqual([
      'error[usage/missing-command]: bench needs a command',
      '  why    one of speed',
      '  try    interplay bench --help',
    ])
  })
})

describe('results', () => {
  it('are a page, or one document', async () => {
    expect(await interplay('fit')).toEqual({ status: 0, out: 'a page\n', err: '' })
    const { out } = await interplay('fit --json')
    expect(JSON.parse(out)).toEqual({ schema: 'interplay.fit/1', auc: null, reason: 'auc is not a number' })
  })
  it('keep progress and warnings apart', async () => {
    run = async ({ terminal }) => {
      terminal.progress(['data     rows'])
      terminal.warning({ message: 'fax is empty\u001b[2J', try: '--ignore fax' })
      terminal.draw('not on this')
      return { lines: () => ['a page'] }
    }
    expect(await interplay('fit')).toEqual({
      status: 0,
      out: 'a page\n',
      err: 'data     rows\nwarning  fax is empty\\u001b[2J\n         --ignore fax\n',
    })
    expect(await interplay('fit -q')).toEqual({ status: 0, out: 'a page\n', err: '' })
  })
  it('take colour when asked', async () => {
    run = async () => ({ lines: style => [style.good('done')] })
    expect((await interplay('fit', { FORCE_COLOR: '1' })).out).toBe('\u001b[32mdone\u001b[39m\n')
    for (const environment of [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, { FORCE_COLOR: '0' }]) {
      expect((await interplay('fit', environment)).out).toBe('done\n')
    }
    expect((await interplay('fit --no-color', { FORCE_COLOR: '1' })).out).toBe('done\n')
  })
  it('of a gate that said no exit 5', async () => {
    run = async () => ({ lines: () => ['no'], status: 5 })
    expect((await interplay('fit')).status).toBe(5)
  })
})

describe('faults', () => {
  const thrown = (error: unknown) => (run = () => Promise.reject(error))
  it('exit by where they lie', async () => {
    for (const [code, status] of [
      ['data/not-found', 3],
      ['option/unknown', 2],
      ['engine/device', 4],
      ['gate/study', 5],
      ['internal/x', 1],
    ] as const) {
      thrown(new InterplayError(code, 'x'))
      expect((await interplay('fit')).status).toBe(status)
    }
  })
  it('are a document with --json, and a block on standard error', async () => {
    thrown(
      new InterplayError('data/empty', "'a.csv' has a header and no rows", { where: 'a.csv', details: { rows: 0 } }),
    )
    const { out, err, status } = await interplay('fit a.csv --json --seed 4')
    expect(JSON.parse(out)).toMatchObject({
      schema: 'interplay.error/1',
      command: 'fit',
      seed: 4,
      seconds: expect.any(Number),
      warnings: [],
      code: 'data/empty',
      message: "'a.csv' has a header and no rows",
      where: 'a.csv',
      details: { rows: 0 },
      exitCode: 3,
    })
    expect(err).toBe("error[data/empty]: 'a.csv' has a header and no rows\n  where  a.csv\n")
    expect(status).toBe(3)
    expect(JSON.parse((await interplay('fitt --json')).out)).toMatchObject({ code: 'usage/unknown-verb', exitCode: 2 })
  })
  it('of ours say what to report, with the stack', async () => {
    thrown(new TypeError('x is not a function'))
    const { status, err } = await interplay(['fit', 'my rows.csv'])
    expect(status).toBe(1)
    expect(err).toMatch(
      /^error\[internal\/unexpected\]: x is not a function\n {2}why {4}a fault of Interplay, not of your input\n/,
    )
    expect(err).toContain(`\n         interplay fit 'my rows.csv'\n`)
    expect(err).toContain('TypeError: x is not a function\n    at ')
  })
  it('of a person show a stack only when asked', async () => {
    thrown(new InterplayError('data/empty', 'x'))
    expect((await interplay('fit')).err).not.toContain('    at ')
    expect((await interplay('fit -v')).err).toContain('    at ')
  })
  it('of the system are told in our words', async () => {
    thrown(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }))
    expect(await interplay('fit')).toMatchObject({ status: 4, err: expect.stringContaining('error[run/disk-full]') })
    thrown(Object.assign(new Error('ENOENT'), { code: 'ENOENT', path: 'x.csv' }))
    expect(await interplay('fit')).toMatchObject({
      status: 3,
      err: "error[data/not-found]: no file or folder 'x.csv'\n",
    })
  })
  it.each([
    ['EISDIR', undefined, 3, 'data/not-found', 'a folder was given where a file is read'],
    ['ENOTDIR', 'base.csv/sub', 3, 'data/not-found', "'base.csv/sub' would lie inside a file"],
    ['EEXIST', 'base.csv', 3, 'run/exists', "'base.csv' is there already"],
    ['EACCES', 'secret.csv', 4, 'machine/permission', "no permission for 'secret.csv'"],
    ['EPERM', 'secret.csv', 4, 'machine/permission', "no permission for 'secret.csv'"],
    ['EROFS', '/ro/run', 4, 'machine/read-only', "'/ro/run' is on a read-only disk"],
    ['EMFILE', undefined, 4, 'machine/open-files', 'too many files are open'],
  ])('%s of the system is no fault of ours', async (code, path, status, told, message) => {
    thrown(Object.assign(new Error(code), { code, path }))
    const ended = await interplay('fit')
    expect(ended.err).toContain(`error[${told}]: ${message}\n`)
    expect(ended.err).not.toContain('    at ')
    expect(ended.status).toBe(status)
  })
})

describe('a signal', () => {
  const waits = (call: Call) =>
    new Promise<Outcome>((_resolve, reject) => {
      call.signal.addEventListener('abort', () => setImmediate(() => reject(call.signal.reason)))
    })
  it('stops the work and exits 130 or 143, saying how to go on', async () => {
    for (const [signal, status] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      run = call => (setImmediate(() => process.emit(signal)), waits(call))
      const stopped = await interplay('study a.csv --overwrite --json')
      expect(stopped.status).toBe(status)
      expect(stopped.err).toBe(
        'stopping; once more leaves at once\nerror[run/interrupted]: stopped at your request\n  try    interplay study a.csv --json --resume\n',
      )
      expect(JSON.parse(stopped.out)).toMatchObject({ code: 'run/interrupted', exitCode: status })
    }
  })
  it('keeps the page of work that ended itself', async () => {
    run = async call => (
      process.emit('SIGINT'),
      await Promise.resolve(),
      { lines: () => [`stopped: ${call.signal.aborted}`] }
    )
    expect(await interplay('fit')).toMatchObject({ status: 130, out: 'stopped: true\n' })
  })
})
