import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const out = mkdtempSync(join(tmpdir(), 'interplay-study-'))

beforeAll(() => {
  vi.doMock('../systems/index.ts', async () => {
    const { defineStudy } = await import('../system/index.ts')
    const study = defineStudy({
      claims: { one: { claim: 'one is one', expected: '= 1' }, two: { claim: 'one is two', expected: '= 2' } },
      async run({ settle, show }) {
        show({ table: { columns: ['n'], rows: [[1]] } })
        settle('one', { measured: 1, holds: true })
        settle('two', { measured: 1, holds: false })
      },
    })
    const systems = [
      { name: 'first', study },
      { name: 'second', study },
    ]
    return { systems, systemNamed: (name: string) => systems.find(each => each.name === name) }
  })
})
afterAll(() => {
  vi.doUnmock('../systems/index.ts')
  rmSync(out, { recursive: true, force: true })
})

describe('study', () => {
  it('writes a document and a page a system', async () => {
    const { studySystems } = await import('./study.ts')
    const seen: string[] = []
    const { studies } = await studySystems([], {
      size: 'small',
      out,
      seeds: 2,
      seed: 5,
      onProgress: e => seen.push(e.kind),
    })
    expect(studies.map(study => study.system)).toEqual(['first', 'second'])
    expect(seen).toEqual(['claim', 'claim', 'done', 'claim', 'claim', 'done'])
    expect(readdirSync(out).sort()).toEqual(['first.html', 'first.json', 'second.html', 'second.json'])
    const written = JSON.parse(readFileSync(join(out, 'first.json'), 'utf8')) as object
    expect(written).toMatchObject({
      schema: 'interplay.study/1',
      system: 'first',
      size: 'small',
      claims: [
        { claim: 'one is one', expected: '= 1', measured: 1, holds: true },
        { claim: 'one is two', expected: '= 2', measured: 1, holds: false },
      ],
      table: { columns: ['n'], rows: [[1]] },
    })
    expect(readFileSync(join(out, 'first.html'), 'utf8')).toContain('does not hold: expected')
  })

  it('writes nothing of the small size where no folder was named', async () => {
    const { studySystems } = await import('./study.ts')
    const { studies } = await studySystems(['first'], { size: 'small' })
    expect(studies[0]!.page).toBeUndefined()
  })

  it('ends with 5 when a claim fails and --strict asks', async () => {
    const { default: command } = await import('../cli/commands/study.ts')
    const terminal = { draw() {}, progress() {}, clear() {}, progressStyle: plain }
    const call = (options: object) =>
      command.run!({ operands: ['first'], options: { size: 'small', ...options }, terminal, words: [] } as never)
    expect((await call({ strict: true })).status).toBe(5)
    expect((await call({})).status).toBeUndefined()
    await expect(call({ all: true })).rejects.toMatchObject({ code: 'usage/missing-input' })
  })
})

const plain = { good: String, bad: String, muted: String, strong: String }
