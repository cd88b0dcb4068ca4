import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EncodedTable } from '../data/table/encoded.ts'
import { Random } from '../random/index.ts'
import {
  Embedding,
  FieldEmbedding,
  Linear,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../nn/index.ts'
import type { HostTensor } from '../engine/index.ts'
import { runtime } from '../engine/runtime/node.ts'
import { Checkpoints, TableLearner, tablesByRow, trainingSettings, trainTable } from './index.ts'

const spec: TableSpec = {
  fields: [
    { name: 'user', type: 'categorical', size: 400 },
    { name: 'item', type: 'categorical', size: 90 },
    { name: 'seen', type: 'sequence', size: 300, length: 3 },
  ],
  targets: [{ name: 'y', kind: 'binary', classes: ['0', '1'] }],
  rows: 300,
}

class Net extends TableModel {
  embedding = new FieldEmbedding(spec, 4)
  output = new Linear(12, 1)
  forward(batch: TableBatch, _mode: Mode) {
    return this.output.forward(this.embedding.forward(batch).flatten())
  }
}

function drawn(rows: number, seed: number): EncodedTable {
  const random = new Random(seed)
  const categorical = Int32Array.from({ length: rows * 2 }, (_, i) =>
    i % 2 === 0 ? 1 + random.integer(398) : 401 + random.integer(88),
  )
  const ids = Int32Array.from({ length: rows * 3 }, () => random.integer(299))
  const targets = [
    Float32Array.from({ length: rows }, (_, row) => (categorical[row * 2]! + categorical[row * 2 + 1]!) % 2),
  ]
  const rowNumber = Int32Array.from({ length: rows }, (_, row) => row + 1)
  return {
    rows,
    categorical,
    numeric: new Float32Array(0),
    sequences: [{ field: 'seen', length: 3, ids }],
    targets,
    rowNumber,
  }
}

const settings = trainingSettings(300, { batch: 32, epochs: 3, patience: 9, learningRate: 0.05, largeTable: 1 })
const data = { train: drawn(300, 1), valid: drawn(100, 2) }
const make = () => new TableLearner(new Net(), spec, settings, data.train)
const weights = (learner: TableLearner) =>
  Object.fromEntries([...learner.state.entries()].map(([n, t]) => [n, [...t.data]]))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-table-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('moves both tables by rows, and only while their rows carry no penalty', () => {
  const model = new Net()
  const tables = model.embedding.sequences.map((table: Embedding) => table.weight)
  expect(tablesByRow(model, settings)).toEqual([model.embedding.weight, ...tables])
  expect(tablesByRow(model, { ...settings, embeddingRegularization: 0.1 })).toEqual([])
  expect(tablesByRow(model, trainingSettings(300, {}))).toEqual([])
})

it('learns, stops, and goes on from a checkpoint to the same bits', async () => {
  const whole = make()
  const undisturbed = await trainTable(whole, data, { settings })
  expect(undisturbed.history.at(-1)!.trainLoss).toBeLessThan(undisturbed.history[0]!.trainLoss)

  const checkpoints = new Checkpoints(folder)
  const stopped = make()
  const stop = new AbortController()
  await trainTable(stopped, data, {
    settings,
    checkpoints,
    signal: stop.signal,
    onEpoch: () => stop.abort(),
  })
  await stopped.close()
  const resumed = make()
  const from = (await checkpoints.load(resumed))!
  expect(resumed.state.step).toBeLessThan(undisturbed.steps)
  await trainTable(resumed, data, { settings, checkpoints, resume: from })
  expect(weights(resumed)).toEqual(weights(whole))
  await resumed.close()

  const logits = await whole.logits(data.valid)
  await using session = await runtime.createSession(whole.export())
  const { categorical, sequences } = data.valid
  const feeds = {
    categorical: { dtype: 'int32', dims: [100, 2], data: categorical } as HostTensor,
    'sequence.seen': { dtype: 'int32', dims: [100, 3], data: sequences[0]!.ids } as HostTensor,
  }
  const exported = await session.run(feeds, { logits: null })
  logits.forEach((value, i) => expect(Number(exported.logits!.data[i])).toBeCloseTo(value, 5))
  await whole.close()
})
