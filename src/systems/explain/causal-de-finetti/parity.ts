import { gTest, kernelTest } from '../../../statistics/index.ts'
import { goldenCases } from '../../../study/index.ts'

export interface TestParity {
  /** Largest distance of a p value without conditions, and given one column and two. */
  unconditional: number
  conditional: number
  compared: number
}

const golden = async (name: string) => (await goldenCases('causal-de-finetti'))?.find(each => each.name === name)

/** p values of the kernel test beside causal-learn's, on arrays of at most some groups; undefined where the fixtures are not at hand. */
export async function kernelParity(largest = Infinity, most = Infinity): Promise<TestParity | undefined> {
  const found = await golden('kernel')
  if (!found) return undefined
  const parity: TestParity = { unconditional: 0, conditional: 0, compared: 0 }
  const cases = Object.keys(found.tensors).filter(key => key.startsWith('input/'))
  for (const key of cases) {
    const { dims, data } = found.tensors[key]!
    const [columns, groups] = dims as [number, number]
    if (groups > largest || parity.compared >= most) continue
    const [x, y, ...given] = Array.from({ length: columns }, (_, c) =>
      (data as Float64Array).slice(c * groups, (c + 1) * groups),
    ) as [Float64Array, Float64Array, ...Float64Array[]]
    const [apart, together] = found.tensors[key.replace('input/', 'output/')]!.data as Float64Array
    parity.unconditional = Math.max(parity.unconditional, Math.abs(kernelTest(x, y).p - apart!))
    parity.conditional = Math.max(parity.conditional, Math.abs(kernelTest(x, y, given).p - together!))
    parity.compared++
  }
  return parity
}

/** Largest distances of G and of p, relative to 1 + G, from the code of the paper; undefined where the fixtures are not at hand. */
export async function gParity(): Promise<{ statistic: number; p: number; compared: number } | undefined> {
  const found = await golden('g-test')
  if (!found) return undefined
  const parity = { statistic: 0, p: 0, compared: 0 }
  for (const key of Object.keys(found.tensors).filter(each => each.startsWith('input/'))) {
    const { dims, data } = found.tensors[key]!
    const [columns, rows] = dims as [number, number]
    const [x, y, ...given] = Array.from({ length: columns }, (_, c) =>
      (data as Float64Array).slice(c * rows, (c + 1) * rows),
    ) as [Float64Array, Float64Array, ...Float64Array[]]
    const [statistic, p] = found.tensors[key.replace('input/', 'output/')]!.data as Float64Array
    const own = gTest(x, y, given, { degrees: 'published' })
    parity.statistic = Math.max(parity.statistic, Math.abs(own.statistic - statistic!) / (1 + statistic!))
    parity.p = Math.max(parity.p, Math.abs(own.p - p!))
    parity.compared++
  }
  return parity
}
