import { writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { tinyModel, tinyProbability } from '../fixture.ts'
import { createPredictors, type Predictor, type PredictorOptions } from './predictor.ts'
import { WorkerPool } from './pool.ts'

const open: Predictor[] = []

async function start(options: PredictorOptions = {}, layers = 0): Promise<Predictor> {
  const [model] = createPredictors([tinyModel({ layers })], { workers: 1, ...options })
  open.push(model!)
  await model!.ready
  return model!
}

afterEach(() => Promise.all(open.splice(0).map(model => model.close())))

describe('a predictor', () => {
  it('answers the body of any framework, typed and validated', async () => {
    const model = await start()
    const body: unknown = { rows: [{ city: 'Oslo', speed: 1 }] }
    expect(await model.predict(body)).toEqual([{ probability: expect.closeTo(tinyProbability(1, -2), 6), label: 'no' }])
    await expect(model.predict({ rows: [{ city: 'Oslo' }] })).rejects.toMatchObject({
      code: 'request/invalid',
      status: 400,
      problem: { errors: [{ pointer: '/rows/0/speed', row: 0, field: 'speed', detail: 'is required' }] },
    })
  })

  it('joins concurrent calls into few runs, each with its own answer', async () => {
    const model = await start()
    const runs: number[] = []
    model.onBatch(rows => runs.push(rows))
    const speeds = Array.from({ length: 100 }, (_, i) => i / 50 - 1)
    const answers = await Promise.all(speeds.map(speed => model.predict([{ speed }])))
    expect(answers.flat()).toEqual(
      speeds.map(speed => expect.objectContaining({ probability: expect.closeTo(tinyProbability(speed), 6) })),
    )
    expect(runs.reduce((sum, rows) => sum + rows, 0)).toBe(100)
    expect(runs.length).toBeLessThanOrEqual(2)
  })

  it('answers a call above maxBatch in order', async () => {
    const model = await start({ maxBatch: 16, workers: 2 })
    const rows = Array.from({ length: 100 }, (_, i) => ({ speed: i / 50 - 1 }))
    const answers = await model.predict(rows)
    expect(answers).toEqual(
      rows.map(({ speed }) => expect.objectContaining({ probability: expect.closeTo(tinyProbability(speed), 6) })),
    )
  })

  it('runs the model off the event loop', async () => {
    const model = await start({ threads: 1 }, 2000)
    let running = true
    const answer = model.predict([{ speed: 1 }]).finally(() => (running = false))
    await new Promise<void>(resolve => model.onBatch(() => resolve()))
    let turns = 0
    while (running) {
      await setTimeout(1)
      turns++
    }
    await answer
    expect(turns).toBeGreaterThan(10)
  })

  it('gives up rows that have not run when the signal aborts', async () => {
    const model = await start({}, 400)
    const first = model.predict([{ speed: 1 }])
    await setTimeout(5)
    const second = model.predict([{ speed: 1 }], { signal: AbortSignal.timeout(1) })
    await expect(second).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(model.queuedRows).toBe(0)
    await first
  })

  it('answers the calls under way before it closes, and none afterwards', async () => {
    const model = await start()
    const answer = model.predict([{ speed: 0 }])
    const closed = model.close()
    expect(await answer).toEqual([{ probability: 0.5, label: 'yes' }])
    await closed
    expect(model.state).toBe('closed')
    await expect(model.predict([{ speed: 0 }])).rejects.toMatchObject({ code: 'engine/closed' })
  })

  it('fails with the reason of the runtime when the model is no ONNX file', async () => {
    const served = tinyModel()
    writeFileSync(served.modelPath, 'not a model')
    const [model] = createPredictors([served], { workers: 1 })
    await expect(model!.ready).rejects.toMatchObject({ code: 'engine/graph' })
    expect(model!.state).toBe('failed')
    await expect(model!.predict([{ speed: 1 }])).rejects.toMatchObject({ code: 'engine/graph' })
    await model!.close()
  })
})

describe('WorkerPool', () => {
  it('replaces a worker that ends', async () => {
    const pool = new WorkerPool({ models: [tinyModel().modelPath], workers: 1, threads: 1 })
    await pool.ready
    const feeds = () => ({
      categorical: { dtype: 'int32' as const, dims: [1, 1], data: Int32Array.of(1) },
      numeric: { dtype: 'float32' as const, dims: [1, 1], data: Float32Array.of(1) },
    })
    const posted = vi.spyOn(Worker.prototype, 'postMessage')
    await pool.run(0, feeds())
    const back = new Promise<void>(resolve => pool.onFree(resolve))
    await (posted.mock.contexts[0] as Worker).terminate()
    expect(pool.free).toBe(0)
    await back
    expect((await pool.run(0, feeds())).late!.dims).toEqual([1, 1])
    await pool.close()
  })
})
