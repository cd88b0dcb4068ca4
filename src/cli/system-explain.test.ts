import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { drawTiles } from '../data/index.ts'
import { exportOnnx } from '../engine/index.ts'
import { cbm } from '../systems/explain/cbm/index.ts'
import { cbmOptions } from '../systems/explain/cbm/options.ts'
import { drawn } from '../systems/neurons/networks/perceptron.ts'
import { RunFolder, type RunFile } from '../verbs/run-folder.ts'
import { writeSystemBundle } from '../verbs/system-bundle.ts'
import { capture } from './testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-lens-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const { network, data } = drawn([3, 4, 2])
const { inputs, state, trace } = network
const model = join(folder, 'net.onnx')
writeFileSync(model, exportOnnx({ name: 'net', inputs, state, trace }))
const values = data.inputs.x!.data as Float32Array
const rows = join(folder, 'rows.csv')
const lines = Array.from({ length: 60 }, (_, i) => [...values.subarray(3 * i, 3 * i + 3)].join(','))
writeFileSync(rows, ['a,b,c', ...lines].join('\n'))

const interplay = (words: string[]) => capture(words, folder)

const asked = ['explain', model, `data=${rows}`, '--lens', 'lib', '--at', 'x', '--set', 'ablate=nodes']

it('looks into a network', async () => {
  const { status, out, err } = await interplay([...asked, '--top', '2'])
  expect(err).not.toMatch(/error/)
  expect(status).toBe(0)
  expect(out).toMatch(/basis +layer +directions +needed/)
  expect(out).toMatch(/lib +x +\d+ +\d+/)
  expect(out).toMatch(/x\.\d × output\.\d/)
})

it.each([
  [[...asked, '--row', '3'], /error\[option\/conflict\]: lib looks into a network, --row is of rows/],
  [['explain', model, rows, '--lens', 'lib,pairs'], /error\[option\/conflict\]: lib is explained by itself/],
  [['explain', model, rows, '--at', 'x'], /error\[option\/conflict\]: --at is of lenses that look into a network/],
  [
    ['explain', model, rows, '--lens', 'lib'],
    /error\[option\/invalid\]: 'net.onnx' needs the names of its node layers/,
  ],
  [['explain', model, rows, '--lens', 'lib', '--at', 'y,x'], /error\[/],
])('refuses %j', async (words, message) => {
  const { status, err } = await interplay(words)
  expect(status).toBeGreaterThan(0)
  expect(err).toMatch(message)
})

describe('a run of a system that explains itself', async () => {
  const run = join(folder, 'tiles')
  const images = drawTiles({ seed: 1, images: [32, 12, 12], shown: 'hands' })
  const options = cbmOptions.parse({ stages: [[3], [4]], epochs: 1 })
  const context = { seed: 1, threads: 1, progress: () => {} }
  const fitted = await cbm.fit!(images, options, context)
  const runs = await RunFolder.create('tiles', 'cbm', run, false)
  const about = {
    system: 'cbm',
    task: cbm.task.name,
    options,
    parameters: 1,
    metrics: {},
    data: { name: 'tiles', sha256: '' },
  }
  await writeSystemBundle(run, await fitted.save(), about)
  await fitted.close!()
  const data = [{ path: 'world:tile-hands', sha256: '', bytes: 0 }]
  await runs.writeRun({ schema: 'interplay.run/1', system: 'cbm', seed: 1, data } as RunFile)

  it('is looked at on its own data, with a correction', async () => {
    const set = ['images=2', 'steps=2', 'correct.tile 2=1'].flatMap(text => ['--set', text])
    const { status, out, err } = await interplay(['explain', run, ...set])
    expect(err).not.toMatch(/error/)
    expect(status).toBe(0)
    expect(out).toMatch(/concept +images +own region +area/)
    expect(out).toMatch(/own share +\d findings/)
    expect(out).toMatch(/change of probability +4 findings/)
  })

  it('before it, labels are audited', async () => {
    const { out, status } = await interplay(['explain', 'world:tile-hands', '--lens', 'cbm'])
    expect(status).toBe(0)
    expect(out).toMatch(/never apart, .*: tile 0, tile 1; tile 3, tile 4/)
  })

  it.each([
    [['explain', run, '--row', '3'], /cbm looks at its own data, --row is of rows/],
    [['explain', run, '--lens', 'pairs'], /cbm is explained by itself/],
    [['explain', run, 'world:stripes'], /cbm takes image->concepts->label data/],
    [['explain', run, 'a', 'b'], /explain takes one input/],
    [['explain', run, '--set', 'correct.tile 2=3'], /correct/],
  ])('refuses %j', async (words, message) => {
    const { status, err } = await interplay(words)
    expect(status).toBeGreaterThan(0)
    expect(err).toMatch(message)
  })
})
