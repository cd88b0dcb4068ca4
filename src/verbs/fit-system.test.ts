import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { nearest } from '../study/contract/fixture.ts'
import { eqmotion } from '../systems/bodies/eqmotion/index.ts'
import { funbat } from '../systems/features/funbat/index.ts'
import { spm } from '../systems/generation/spm/index.ts'
import { stripMlp } from '../systems/vision/strip-mlp/index.ts'
import { answeringWords, fitSystem } from './fit-system.ts'
import { open } from './open.ts'
import { predictByRun } from './predict-system.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-fit-system-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const features = join(folder, 'features.json')
writeFileSync(features, '[-1, -3, 2, 4]')

describe('a system with a fit of its own', () => {
  it('writes a run folder that predict loads', async () => {
    const out = join(folder, 'run')
    const document = await fitSystem(nearest, { features }, { out, set: { power: 1 }, command: 'interplay fit ...' })
    expect(document).toMatchObject({
      system: 'nearest',
      task: 'graph',
      parameters: 2,
      metrics: { test: { accuracy: 1 } },
    })
    const json = (name: string) => JSON.parse(readFileSync(join(out, name), 'utf8')) as Record<string, unknown>
    expect(json('run.json')).toMatchObject({ state: 'finished', system: 'nearest', settings: { set: { power: 1 } } })
    expect(json('result.json')).toEqual(JSON.parse(JSON.stringify(document)))
    expect(json('interplay.json')).toMatchObject({ task: 'graph', state: { file: 'state.safetensors', parameters: 2 } })

    writeFileSync(join(folder, 'new.json'), '[5, -5, 0.4, 0.6]')
    const written: string[] = []
    const stream = new Writable({ write: (chunk, _, done) => (written.push(String(chunk)), done()) })
    const answer = await predictByRun(out, { features: join(folder, 'new.json') }, { stream, system: () => nearest })
    expect(answer.rows).toBe(4)
    const records = written.map(line => JSON.parse(line) as unknown)
    expect(records).toEqual([
      { row: 1, node: 0, label: 'right' },
      { row: 2, node: 1, label: 'left' },
      { row: 3, node: 2, label: 'left' },
      { row: 4, node: 3, label: 'right' },
    ])
  })

  it('gives fields their roles, draws what was learned, and reads new items alike', async () => {
    const out = join(folder, 'tensor')
    const entries = join(folder, 'entries.csv')
    const rows = Array.from({ length: 80 }, (_, i) => {
      const [lat, hour] = [(i % 9) * 5, (i * 7) % 24]
      return `${i},${lat},${hour},${(10 + Math.sin(lat / 8) * Math.cos(hour / 5)).toFixed(4)}`
    })
    writeFileSync(entries, `station,lat,hour,temp\n${rows.join('\n')}\n`)
    const given = { target: 'temp', role: { mode: ['lat', 'hour'] }, set: { restarts: 1, passes: 15, rank: [1] } }
    const document = await fitSystem(funbat, { entries }, { out, ...given })
    expect(document.files[0]).toBe('report.html')
    const report = readFileSync(join(out, 'report.html'), 'utf8')
    expect(report).toMatch(/hour: function 1 moves most/)
    expect(report).toMatch(/function of lat/)

    const fresh = join(folder, 'fresh.csv')
    writeFileSync(fresh, 'hour,lat\n12,20\n30,55\n')
    const written: string[] = []
    const stream = new Writable({ write: (chunk, _, done) => (written.push(String(chunk)), done()) })
    expect((await predictByRun(out, { entries: fresh }, { stream })).rows).toBe(2)
    const [inside, outside] = written.map(line => JSON.parse(line) as Record<string, number>)
    expect(Math.abs(inside!.temp! - (10 + Math.sin(20 / 8) * Math.cos(12 / 5)))).toBeLessThan(0.3)
    expect(outside!.deviation).toBeGreaterThan(inside!.deviation!)

    await using model = await open(out)
    const [served] = await model.predict([{ lat: '20', hour: 12 }])
    expect(served).toEqual({ value: inside!.temp, low: inside!.low, high: inside!.high })
    await expect(model.predict([{ lat: 20, hours: 12 }])).rejects.toMatchObject({
      code: 'request/invalid',
      details: {
        errors: [
          { pointer: '/rows/0/hours', detail: 'is no mode of this tensor; nearest: hour' },
          { pointer: '/rows/0/hour', detail: 'is required' },
        ],
      },
    })

    await expect(fitSystem(nearest, { features }, { role: { mode: ['x'] } })).rejects.toMatchObject({
      code: 'option/conflict',
      message: "the fields of graph data play no role 'mode'",
    })
  })

  it('refuses what the task does not allow, before a run folder is made', async () => {
    writeFileSync(join(folder, 'broken.json'), '[1, null, 2, 3]'.replace('null', '1e99'))
    const out = join(folder, 'none')
    await expect(fitSystem(nearest, { features: join(folder, 'broken.json') }, { out })).rejects.toMatchObject({
      code: 'data/not-finite',
      message: "'number 1' of node '1' is not finite",
    })
    await expect(fitSystem(nearest, {}, { out })).rejects.toMatchObject({ code: 'data/role-missing' })
    await expect(fitSystem(nearest, { features: 'world:planted-pairs' }, { out })).rejects.toMatchObject({
      code: 'usage/wrong-task',
    })
  })

  it('leaves nothing of a fit that failed, and offers no resuming', async () => {
    const failing = { ...nearest, fit: () => Promise.reject(new Error('no word of it')) }
    const out = join(folder, 'failed')
    await expect(fitSystem(failing, { features }, { out })).rejects.toThrow('no word of it')
    expect(existsSync(out)).toBe(false)
    mkdirSync(out)
    await expect(fitSystem(failing, { features }, { out })).rejects.toThrow('no word of it')
    expect(readdirSync(out), 'a folder that was there stays').toEqual([])
    await fitSystem(nearest, { features }, { out })
    await expect(fitSystem(nearest, { features }, { out })).rejects.toMatchObject({
      code: 'run/exists',
      try: '--overwrite or another --out',
    })
  })

  it('is asked again by role, without labels, and a part of another by that one', () => {
    const asked = answeringWords(stripMlp, { run: 'runs/a', inputs: { labels: 'l.csv', images: 'img' } })
    expect(asked).toEqual(['predict', 'runs/a', 'images=img'])
    const world = answeringWords(eqmotion, { run: 'runs/b', inputs: { tracks: 'world:springs' } })
    expect(world).toEqual(['predict', 'runs/b', 'world:springs'])
    const worn = answeringWords(spm, { run: 'runs/star', inputs: { text: 'star' }, from: 'runs/base' })
    expect(worn).toEqual(['predict', 'runs/base', 'text=star', '--with', 'runs/star', '-o', 'star.png'])
  })

  it('notices a state that was replaced', async () => {
    const out = join(folder, 'replaced')
    await fitSystem(nearest, { features }, { out })
    writeFileSync(join(out, 'state.safetensors'), 'other')
    await expect(predictByRun(out, { features }, { system: () => nearest })).rejects.toMatchObject({
      code: 'model/corrupt',
    })
  })
})
