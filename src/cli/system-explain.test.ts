import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, it } from 'vitest'
import { exportOnnx } from '../engine/index.ts'
import { drawn } from '../systems/neurons/networks/perceptron.ts'
import { runCommandLine } from './main.ts'

class Sink extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void) {
    this.text += chunk
    done()
  }
}

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

async function interplay(words: string[]) {
  const [stdout, stderr] = [new Sink(), new Sink()]
  const host = { stdout, stderr, environment: { LANG: 'C.UTF-8' }, folder, exit: () => {} }
  const status = await runCommandLine(words, host)
  return { status, out: stdout.text, err: stderr.text }
}

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
