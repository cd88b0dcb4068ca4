import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { checkGraph, type Graph } from '../data/index.ts'
import { defineStudy, defineSystem, z, type Fitted, type Saved, type Task } from '../system/index.ts'
import { fitSystem } from './fit-system.ts'
import { predictByRun } from './predict-system.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-fit-system-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** One number a node, the sign of which is its class; three nodes without neighbours. */
const graph = (): Graph => ({
  nodes: 4,
  numbers: { values: Float32Array.of(-1, -3, 2, 4), width: 1 },
  edges: { source: Int32Array.of(0, 2), target: Int32Array.of(1, 3), directed: false },
  labels: { name: 'side', classes: ['left', 'right'], values: Int32Array.of(0, 0, 1, 1) },
})

const task: Task<{ data: Graph }> = {
  name: 'graph',
  inputs: ['features', 'edges'],
  check: checkGraph,
  read: async ({ inputs, purpose }) => {
    const values = Float32Array.from(JSON.parse(readFileSync(inputs.features!, 'utf8')) as number[])
    return { ...graph(), numbers: { values, width: 1 }, labels: purpose === 'fit' ? graph().labels : undefined }
  },
}

/** The nearest class mean: small, and learned by no gradient. */
const nearest = defineSystem({
  name: 'nearest',
  family: 'graphs',
  summary: 'the nearest class mean',
  task,
  options: z.object({ power: z.number().min(1).default(2).describe('of the distance') }),
  study: defineStudy({ claims: {}, run: async () => ({}) }),
  async fit({ numbers, labels }, { power }, { progress }) {
    const means = labels!.classes.map((_, k) => {
      const own = [...numbers!.values].filter((_, node) => labels!.values[node] === k)
      return own.reduce((sum, value) => sum + value, 0) / own.length
    })
    progress({ stage: 'class', done: 2, total: 2 })
    return fitted({
      description: { power, classes: labels!.classes },
      tensors: { means: { dtype: 'float32', dims: [means.length], data: Float32Array.from(means) } },
    })
  },
  load: async saved => fitted(saved),
})

function fitted(saved: Saved): Fitted<Graph> {
  const { power, classes } = saved.description as unknown as { power: number; classes: string[] }
  const means = [...(saved.tensors!.means!.data as Float32Array)]
  return {
    metrics: { test: { accuracy: 1 } },
    parameters: means.length,
    save: () => saved,
    predict: async ({ numbers }) => ({
      records: [...numbers!.values].map((value, node) => {
        const distances = means.map(mean => Math.abs(value - mean) ** power)
        return { node, label: classes[distances.indexOf(Math.min(...distances))] }
      }),
    }),
  }
}

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

  it('notices a state that was replaced', async () => {
    const out = join(folder, 'replaced')
    await fitSystem(nearest, { features }, { out })
    writeFileSync(join(out, 'state.safetensors'), 'other')
    await expect(predictByRun(out, { features }, { system: () => nearest })).rejects.toMatchObject({
      code: 'model/corrupt',
    })
  })
})
