import { setImmediate, setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Tensors } from './batch.ts'
import { BatchQueue, type Runner } from './queue.ts'

const rowsOf = (values: number[]): Tensors => ({
  x: { dtype: 'float32', dims: [values.length, 1], data: Float32Array.from(values) },
})
const valuesOf = (tensors: Tensors) => Array.from(tensors.x!.data as Float32Array)

/** Doubles what it is given when told to; counts workers and the rows of every run. */
class ManualRunner implements Runner {
  free: number
  readonly runs: number[][] = []
  private readonly pending: (() => void)[] = []

  constructor(workers: number) {
    this.free = workers
  }

  run(feeds: Tensors): Promise<Tensors> {
    this.free--
    this.runs.push(valuesOf(feeds))
    const doubled = rowsOf(valuesOf(feeds).map(value => value * 2))
    return new Promise(resolve => this.pending.push(() => (this.free++, resolve(doubled))))
  }

  finish(): void {
    this.pending.shift()!()
  }
}

const options = { maxBatch: 4, maxWait: 0.02, maxQueue: 8 }

describe('BatchQueue', () => {
  it('joins what arrives in one turn and gives each request its own rows', async () => {
    const runner = new ManualRunner(1)
    const queue = new BatchQueue(runner, options)
    const answers = [queue.add(rowsOf([1]), 1), queue.add(rowsOf([2, 3]), 2)]
    expect(queue.rows).toBe(3)
    await setImmediate()
    expect(runner.runs).toEqual([[1, 2, 3]])
    expect(queue.rows).toBe(0)
    runner.finish()
    expect((await Promise.all(answers)).map(valuesOf)).toEqual([[2], [4, 6]])
  })

  it('gathers rows while the only worker is busy, up to maxBatch', async () => {
    const runner = new ManualRunner(1)
    const queue = new BatchQueue(runner, options)
    const answers = [queue.add(rowsOf([0]), 1)]
    await setImmediate()
    for (const value of [1, 2, 3, 4, 5]) answers.push(queue.add(rowsOf([value]), 1))
    await setTimeout(40)
    expect(runner.runs).toEqual([[0]])
    runner.finish()
    await setTimeout(0)
    expect(runner.runs).toEqual([[0], [1, 2, 3, 4]])
    runner.finish()
    await setTimeout(0)
    expect(runner.runs).toEqual([[0], [1, 2, 3, 4], [5]])
    runner.finish()
    expect((await Promise.all(answers)).map(tensors => valuesOf(tensors)[0])).toEqual([0, 2, 4, 6, 8, 10])
  })

  it('holds rows for maxWait while another run is under way and a worker is free', async () => {
    const runner = new ManualRunner(2)
    const queue = new BatchQueue(runner, options)
    const first = queue.add(rowsOf([1]), 1)
    await setImmediate()
    const second = queue.add(rowsOf([2]), 1)
    await setImmediate()
    expect(runner.runs).toEqual([[1]])
    const third = queue.add(rowsOf([3]), 1)
    await setTimeout(60)
    expect(runner.runs).toEqual([[1], [2, 3]])
    runner.finish()
    runner.finish()
    await Promise.all([first, second, third])
  })

  it('cuts a request above maxBatch into runs and joins their outputs in order', async () => {
    const runner = new ManualRunner(2)
    const queue = new BatchQueue(runner, options)
    const answer = queue.add(rowsOf([1, 2, 3, 4, 5, 6]), 6)
    await setImmediate()
    expect(runner.runs).toEqual([[1, 2, 3, 4]])
    await setTimeout(40)
    expect(runner.runs).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ])
    runner.finish()
    runner.finish()
    expect(valuesOf(await answer)).toEqual([2, 4, 6, 8, 10, 12])
  })

  it('refuses rows beyond maxQueue, and takes them again when others have left', async () => {
    const runner = new ManualRunner(0)
    const queue = new BatchQueue(runner, options)
    const abort = new AbortController()
    const waiting = queue.add(rowsOf([1, 2, 3, 4, 5, 6, 7, 8]), 8, abort.signal)
    await expect(queue.add(rowsOf([9]), 1)).rejects.toMatchObject({ code: 'server/busy', status: 429 })
    abort.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    expect(queue.rows).toBe(0)
    queue.add(rowsOf([9]), 1)
    expect(queue.rows).toBe(1)
  })

  it('passes a failed run to every request in it', async () => {
    const queue = new BatchQueue({ free: 1, run: () => Promise.reject(new Error('broken')) }, options)
    const answers = await Promise.allSettled([queue.add(rowsOf([1]), 1), queue.add(rowsOf([2]), 1)])
    expect(answers.map(answer => answer.status)).toEqual(['rejected', 'rejected'])
  })
})
