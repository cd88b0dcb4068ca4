import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const binary = fileURLToPath(new URL('../../bin/interplay.js', import.meta.url))
const built = existsSync(new URL('../../dist/cli/main.js', import.meta.url))
if (!built) console.warn('skipped: the built command line, as dist/ is missing (npm run build)')

interface Ended {
  status: number | null
  out: string
  err: string
}

/** Runs the binary as a shell would; the environment holds what a process needs and no more. */
function interplay(words: string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [binary, ...words], {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...environment },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', chunk => (out += chunk))
  child.stderr.on('data', chunk => (err += chunk))
  return new Promise(resolve => child.on('close', status => resolve({ status, out, err })))
}

describe.skipIf(!built)('the built command line', () => {
  it('answers --version and --help on standard output', async () => {
    expect(await interplay(['--version'])).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: '',
    })
    expect(await interplay(['--help'])).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^usage: interplay/),
      err: '',
    })
  })
  it('names no TypeScript file', () => {
    const folder = fileURLToPath(new URL('../../dist/', import.meta.url))
    const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.js'))
    const left = scripts.filter(name =>
      /(from|import\() ?['"]\.[^'"]*\.ts['"]/.test(readFileSync(folder + name, 'utf8')),
    )
    // tsc 6 does not rewrite `import('./x.ts')` inside the expression of an `export default`
    expect(left).toEqual([])
  })
  it('exits 2 on wrong words, the error on standard error', async () => {
    const { status, out, err } = await interplay(['--zzz'])
    expect([status, out]).toEqual([2, ''])
    expect(err).toMatch(/^error\[usage\/unknown-flag\]: interplay has no flag '--zzz'\n/)
  })
  it('prints an error document with --json', async () => {
    const { status, out } = await interplay(['--zzz', '--json'])
    expect(status).toBe(2)
    expect(JSON.parse(out)).toMatchObject({ schema: 'interplay.error/1', code: 'usage/unknown-flag' })
  })
  it('keeps a measurement under --out, the document that --json prints', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'binary-'))
    try {
      const [table, kept] = [join(folder, 'rows.csv'), join(folder, 'encoding.json')]
      writeFileSync(table, `a,b\n${Array.from({ length: 50 }, (_, i) => `${i % 7},${i % 3}`).join('\n')}\n`)
      const words = ['bench', 'encoding', table, '--target', 'b', '--rounds', '1', '--out', kept, '--json']
      const { status, out, err } = await interplay(words)
      expect(status, err).toBe(0)
      expect(readFileSync(kept, 'utf8')).toBe(out)
      expect(JSON.parse(out).rows).toMatchObject([{ cache: 'cold', rows: 50 }, { cache: 'warm' }])
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 60_000)
  it('paints only where asked, and NO_COLOR wins', async () => {
    expect((await interplay(['--zzz'], { FORCE_COLOR: '1' })).err).toContain('\u001b[31m')
    expect((await interplay(['--zzz'], { FORCE_COLOR: '1', NO_COLOR: '1' })).err).not.toContain('\u001b')
    expect((await interplay(['--zzz'])).err).not.toContain('\u001b')
  })
  it('ends quietly when the reader closes the pipe', async () => {
    const child = spawn(process.execPath, [binary, '--help'])
    let err = ''
    child.stderr.on('data', chunk => (err += chunk))
    child.stdout.destroy()
    const status = await new Promise(resolve => child.on('close', resolve))
    expect([status, err]).toEqual([0, ''])
  })
})
