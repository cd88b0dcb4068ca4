import { describe, expect, it } from 'vitest'
import { constant, eager, replaced, scan, vjp, type Tensor } from './index.ts'

const values = async (tensor: Tensor) => [...((await eager(tensor)).data as Float32Array)]

describe('replaced', () => {
  const [x, a] = [constant([1, 2]), constant([3, 4])]
  const y = x.mul(a).add(a)

  it('has the others in place everywhere, also where they read what they replace', async () => {
    expect(await values(replaced(y, new Map([[a, a.mul(10)]])))).toEqual([60, 120])
    expect(await values(y)).toEqual([6, 12])
  })
  it('shares what reads none of them', () => {
    const product = x.mul(2)
    const sum = product.add(a)
    expect(replaced(sum, new Map([[a, x]])).node.inputs[0]).toBe(product)
    expect(replaced(product, new Map([[a, x]]))).toBe(product)
  })
  it('is of derivatives too', async () => {
    const [slope] = vjp([y], [x], [constant([1, 1])])
    expect(await values(replaced(slope!, new Map([[a, a.mul(10)]])))).toEqual([30, 40])
  })
  it('keeps what is given as itself', async () =>
    expect(
      await values(
        replaced(
          y.mul(a),
          new Map([
            [a, a.mul(10)],
            [y, y],
          ]),
        ),
      ),
    ).toEqual([180, 480]))
  it('refuses what is read inside a loop', () => {
    const add = ([h]: readonly Tensor[], [each]: readonly Tensor[]) => ({ states: [h!.add(each!.mul(y))] })
    const [last] = scan(add, { initial: [constant([0, 0])], inputs: [x] }).states
    expect(() => replaced(last!, new Map([[y, x]]))).toThrow(/inside a Scan cannot be replaced/)
  })
})
