import { describe, expect, it } from 'vitest'
import { compile, float32, float64, grad, type Tensor } from '../engine/index.ts'
import { loadSafetensors } from '../engine/safetensors-file.ts'
import { entmax } from './entmax.ts'

const { tensors } = await loadSafetensors(new URL('../../fixtures/armnet/entmax.safetensors', import.meta.url).pathname)
const alphas = [1.01, 1.5, 1.7, 2, 2.5]
const sizes = [2, 10, 43]
const cases = alphas.flatMap(alpha => sizes.map(size => ({ alpha, size, name: `alpha-${alpha}-of-${size}` })))
const golden = (key: string) => tensors[key]!.data as Float64Array

async function run(
  dtype: 'float32' | 'float64',
  alpha: number,
  x: ArrayLike<number>,
  size: number,
  d: ArrayLike<number>,
) {
  const type = (dtype === 'float32' ? float32 : float64)(['rows', size])
  const program = compile({
    inputs: { x: type, d: type },
    trace: ({ x, d }: { x: Tensor; d: Tensor }) => {
      const y = entmax(x, alpha)
      return { outputs: { y, gradient: grad(y.mul(d).sum(), [x])[0]! } }
    },
  })
  const array = dtype === 'float32' ? Float32Array : Float64Array
  const { y, gradient } = await program.run({ x: array.from(x), d: array.from(d) })
  await program.close()
  return { y: Array.from(y!.data as Float64Array), gradient: Array.from(gradient!.data as Float64Array) }
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)))

/** Sparsemax and 1.5-entmax by sorting (Martins and Astudillo 2016; Peters et al. 2019, algorithm 2). */
function bySorting(x: number[], alpha: 1.5 | 2): number[] {
  const scaled = x.map(value => value * (alpha - 1))
  const sorted = [...scaled].sort((a, b) => b - a)
  let tau = 0
  for (let k = 1; k <= sorted.length; k++) {
    const top = sorted.slice(0, k)
    const mean = top.reduce((sum, value) => sum + value, 0) / k
    const spread = top.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const candidate = alpha === 2 ? mean - 1 / k : mean - Math.sqrt(Math.max(0, (1 - spread) / k))
    if (candidate <= sorted[k - 1]!) tau = candidate
  }
  return scaled.map(value => Math.max(0, value - tau) ** (1 / (alpha - 1)))
}

describe('entmax', () => {
  it.each(cases)('equals the reference in float64: $name', async ({ alpha, size, name }) => {
    const { y, gradient } = await run('float64', alpha, golden(`${name}/input/x`), size, golden(`${name}/cotangent`))
    expect(distance(y, golden(`${name}/output/y`))).toBeLessThan(1e-6)
    expect(distance(gradient, golden(`${name}/gradient/x`))).toBeLessThan(1e-6)
    for (let row = 0; row < 4; row++) {
      const sum = y.slice(row * size, (row + 1) * size).reduce((total, value) => total + value, 0)
      expect(Math.abs(sum - 1)).toBeLessThan(1e-6)
    }
    // the last row is constant
    expect(distance(y.slice(3 * size), new Array<number>(size).fill(1 / size))).toBeLessThan(1e-6)
  })

  it('equals sorting at 1.5 and 2, has exact zeros there, and is close to softmax near 1', async () => {
    for (const size of sizes) {
      const x = golden(`alpha-2-of-${size}/input/x`)
      const rows = [0, 1, 2, 3].map(row => Array.from(x.slice(row * size, (row + 1) * size)))
      for (const alpha of [1.5, 2] as const) {
        const { y } = await run('float64', alpha, x, size, x)
        expect(
          distance(
            y,
            rows.flatMap(row => bySorting(row, alpha)),
          ),
        ).toBeLessThan(1e-6)
        if (size > 2) expect(y.some(value => value === 0)).toBe(true)
      }
      const soft = rows.flatMap(row => {
        const total = row.reduce((sum, value) => sum + Math.exp(value), 0)
        return row.map(value => Math.exp(value) / total)
      })
      expect(distance((await run('float64', 1.01, x, size, x)).y, soft)).toBeLessThan(2e-2)
      expect(distance((await run('float64', 1, x, size, x)).y, soft)).toBeLessThan(1e-12)
    }
  })

  it.each([1.5, 1.7, 2, 2.5])('has the slope of finite differences, and float32 agrees: alpha %d', async alpha => {
    const size = 10
    const x = golden(`alpha-${alpha}-of-${size}/input/x`).slice(0, size)
    const d = golden(`alpha-${alpha}-of-${size}/cotangent`).slice(0, size)
    const { y, gradient } = await run('float64', alpha, x, size, d)
    const value = async (i: number, step: number) => {
      const moved = Float64Array.from(x)
      moved[i]! += step
      const { y } = await run('float64', alpha, moved, size, d)
      return y.reduce((sum, each, k) => sum + each * d[k]!, 0)
    }
    for (const i of [0, 4, 9]) {
      const slope = ((await value(i, 1e-5)) - (await value(i, -1e-5))) / 2e-5
      expect(Math.abs(slope - gradient[i]!)).toBeLessThan(1e-6)
    }
    const single = await run('float32', alpha, x, size, d)
    expect(distance(single.y, y)).toBeLessThan(1e-6)
    expect(distance(single.gradient, gradient)).toBeLessThan(1e-5)
  })
})
