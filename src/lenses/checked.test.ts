import { describe, expect, it } from 'vitest'
import { functionPredictor } from './adapters/function.ts'
import { CheckedPredictor } from './checked.ts'
import type { Predictor } from './predictor.ts'

const fields = ['a', 'b']
const columns = [Float64Array.of(1, 2, 3), Float64Array.of(10, 20, 30)]
const answering = (predict: Predictor['predict'], more: Partial<Predictor> = {}): Predictor => {
  return { ...functionPredictor(() => 0, { name: 'm', fields }), predict, ...more }
}

describe('CheckedPredictor', () => {
  it('answers in row order over several batches and counts the cost', async () => {
    const sum = functionPredictor(row => row[0]! + row[1]!, { fields })
    const checked = new CheckedPredictor(sum, { batch: 2 })
    expect([...(await checked.predict(columns))]).toEqual([11, 22, 33])
    expect(checked.cost).toMatchObject({ calls: 3, predictions: 6 })
    expect([...(await checked.predict(columns))]).toEqual([11, 22, 33])
    expect(checked.cost).toMatchObject({ calls: 5, predictions: 9 })
  })

  it('keeps several outputs row-major', async () => {
    const two = functionPredictor(row => [row[0]!, -row[1]!], { fields, output: { kind: 'value', names: ['p', 'q'] } })
    expect([...(await new CheckedPredictor(two).predict(columns))]).toEqual([1, -10, 2, -20, 3, -30])
  })

  it.each([
    ['throws', () => Promise.reject(new Error('no memory')), /^the predictor failed on 3 rows$/],
    ['is short', async () => new Float64Array(2), /^the predictor gave 2 values for 3 rows$/],
    ['is not an array', async () => 3 as unknown as Float64Array, /^the predictor gave a number for 3 rows$/],
    ['is NaN', async () => Float64Array.of(1, NaN, Infinity), /^the predictor gave 2 values that are not finite/],
    ['is silent', () => new Promise<Float64Array>(() => {}), /^the predictor gave no answer for 3 rows in 0.02 s$/],
  ])('refuses an answer that %s', async (_, predict, message) => {
    const asked = new CheckedPredictor(answering(predict), { timeout: 0.02 }).predict(columns)
    await expect(asked).rejects.toMatchObject({
      code: 'predictor/answer',
      where: 'm',
      message: expect.stringMatching(message),
    })
  })

  it('finds a predictor that answers the same rows differently, unless it says so itself', async () => {
    let asked = 0
    const drifting = async () => Float64Array.of(0, 1, 2).map(value => value + asked++)
    await expect(new CheckedPredictor(answering(drifting)).predict(columns)).rejects.toMatchObject({
      message: 'the predictor is not deterministic',
      why: 'row 1 was answered 0, then 3 when asked again',
    })
    const declared = new CheckedPredictor(answering(drifting, { deterministic: false }))
    expect(await declared.predict(columns)).toHaveLength(3)
    expect(declared.deterministic).toBe(false)
  })

  it('refuses columns of another number or length', async () => {
    const checked = new CheckedPredictor(answering(async () => new Float64Array(3)))
    await expect(checked.predict([columns[0]!])).rejects.toThrow('m takes 2 fields, got 1')
    await expect(checked.predict([columns[0]!, Float64Array.of(1)])).rejects.toThrow("'b' has 1 rows, 'a' has 3")
  })

  it('hands on the reason of an aborted signal', async () => {
    const stop = new AbortController()
    const asked = new CheckedPredictor(answering(() => new Promise(() => {}))).predict(columns, stop.signal)
    stop.abort()
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  })
})
