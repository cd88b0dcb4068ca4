import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeRows } from '../data/table/encode-rows.ts'
import { vocabulary, type Encoding } from '../data/table/encoding.ts'
import { encodeModel, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../engine/onnx/codec.ts'
import type { ServedModel } from './inference/model.ts'

const encoding: Encoding = {
  fields: [
    { name: 'city', type: 'categorical', cells: 'text', required: false, ...vocabulary(['Oslo', 'Paris']) },
    { name: 'speed', type: 'numeric', required: true, scale: { kind: 'standard', mean: 0, deviation: 1 } },
  ],
  ignored: ['id'],
  outputs: [{ name: 'late', kind: 'probability', classes: ['no', 'yes'] }],
}

/** log-odds of the fixture: speed plus -2, 1, 0 for Oslo, Paris and unknown. */
const effects = [0, -2, 1, 0]

const node = (op: string, inputs: string[], output: string): OnnxNode => ({
  name: output,
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes: {},
})

const float = (name: string, dims: number[], data: Float32Array): OnnxTensor => ({ name, dtype: 'float32', dims, data })

/** sigmoid(effect[city] + speed), made to cost `layers` products of [rows, width] by [width, width] besides. */
function graph(layers: number, width: number): OnnxGraph {
  const work = [node('MatMul', ['numeric', 'spread'], 'work.0')]
  for (let i = 1; i <= layers; i++) work.push(node('MatMul', [`work.${i - 1}`, 'weight'], `work.${i}`))
  return {
    name: 'fixture',
    nodes: [
      ...work,
      node('MatMul', [`work.${layers}`, 'gather'], 'nothing'),
      node('Gather', ['effects', 'categorical'], 'effect'),
      node('Sum', ['effect', 'numeric', 'nothing'], 'logit'),
      node('Sigmoid', ['logit'], 'late'),
    ],
    initializers: [
      float('effects', [effects.length], Float32Array.from(effects)),
      float('spread', [1, width], new Float32Array(width)),
      float('weight', [width, width], new Float32Array(width * width)),
      float('gather', [width, 1], new Float32Array(width)),
    ],
    inputs: [
      { name: 'categorical', dtype: 'int32', shape: ['batch', 1] },
      { name: 'numeric', dtype: 'float32', shape: ['batch', 1] },
    ],
    outputs: [{ name: 'late', dtype: 'float32', shape: ['batch', 1] }],
  }
}

/** A tiny model on disk, served through the real row encoder; `layers` of 512 x 512 make it slow. */
export function tinyModel({ name = 'tiny', layers = 0 } = {}): ServedModel {
  const modelPath = join(mkdtempSync(join(tmpdir(), 'interplay-serve-')), 'model.onnx')
  const model = { irVersion: 10, opset: { '': 21 }, producer: { name: 'interplay', version: '' }, metadata: {} }
  writeFileSync(modelPath, encodeModel({ ...model, functions: [], graph: graph(layers, layers > 0 ? 512 : 4) }))
  return {
    name,
    version: '9f2c41aa',
    fields: encoding.fields.map(({ name, type, required }) => ({ name, type, required })),
    outputs: [{ name: 'late', kind: 'probability', classes: ['no', 'yes'] }],
    modelPath,
    encode(rows) {
      const table = encodeRows(encoding, rows)
      const unseen: Record<string, number> = {}
      for (const { field } of table.unseen) unseen[field] = (unseen[field] ?? 0) + 1
      return {
        rows: table.rows,
        feeds: {
          categorical: { dtype: 'int32', dims: [table.rows, 1], data: table.categorical },
          numeric: { dtype: 'float32', dims: [table.rows, 1], data: table.numeric },
        },
        unseen,
        warnings: table.unseen.map(({ row, field }) => ({ code: 'data/unseen-value', row, field })),
      }
    },
  }
}

/** What the tiny model answers. */
export const tinyProbability = (speed: number, effect = 0): number => 1 / (1 + Math.exp(-(speed + effect)))
