import { expect, test } from 'vitest'
import { compile, float32, State, type HostTensor } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'
import { Module } from '../module.ts'
import { withAdapters } from './adapters.ts'
import { Convolution } from './convolution.ts'
import { Linear } from './linear.ts'
import { addLowRank, LowRankAdapter, withLowRanks, type AdapterHost } from './low-rank.ts'

/** Ranks and alphas of the adapters; the first acts as much on all rows, the second as a scalar says, the others row by row. */
const forms = [
  [1, 1],
  [2, 1],
  [1, 3],
  [2, 2],
] as const

class Adapted extends Module {
  readonly adapters: LowRankAdapter[]

  constructor(readonly host: AdapterHost) {
    super()
    this.adapters = forms.map(([rank, alpha]) => new LowRankAdapter(host, rank, alpha))
  }
}

const normals = (length: number, name: string): Float32Array => {
  const random = new Random(1, name)
  return Float32Array.from({ length }, () => random.normal())
}

test.each([
  ['a linear layer', () => new Linear(5, 4), [6, 5]],
  ['a convolution', () => new Convolution(3, 4, [3, 3], { stride: 2, padding: 1 }), [3, 6, 6]],
] as const)('several adapters of %s add up, each as much as it acts on a row', async (_, layer, perRow) => {
  const module = new Adapted(layer())
  const { host, adapters } = module
  const state = new State({ module }, 1)
  for (const [path, parameter] of module.parameters()) state.write(parameter, normals(parameter.size, path))
  const rows = 3
  const scales = { scalar: 0.7, third: Float32Array.of(0.2, 1, 0), fourth: Float32Array.of(0.5, 0, -1) }
  const x = normals(rows * perRow.reduce<number>((product, extent) => product * extent, 1), 'x')
  const inputs = { x: float32(['batch', ...perRow]) }
  await using worn = compile({
    inputs: { ...inputs, scalar: float32([]), third: float32(['batch']), fourth: float32(['batch']) },
    state,
    trace: ({ x, scalar, third, fourth }) => {
      const parts = [0.3, scalar, third, fourth].map((scale, i) => ({ adapter: adapters[i]!, scale }))
      const adapter = (input: typeof x, y: typeof x) => withLowRanks(input, y, parts)
      return { outputs: { y: withAdapters(new Map([[host, adapter]]), () => host.forward(x)) } }
    },
  })
  const { y } = (await worn.run({ x, ...scales })) as { y: HostTensor }
  const plain = new State({ host }, 1)
  await using merged = compile({ inputs, state: plain, trace: ({ x }) => ({ outputs: { y: host.forward(x) } }) })
  const width = y.data.length / rows
  for (let row = 0; row < rows; row++) {
    const factors = [0.3, scales.scalar, scales.third[row]!, scales.fourth[row]!]
    const weight = adapters.reduce(
      (sum, { down, up, rank, alpha }, i) => {
        const [d, u] = [down, up].map(({ weight: own }) => state.read(own).data as Float32Array)
        return addLowRank(sum, { down: d!, up: u!, rank }, (factors[i]! * alpha) / rank)
      },
      state.read(host.weight).data as Float32Array,
    )
    plain.write(host.weight, weight)
    if (host.bias) plain.write(host.bias, state.read(host.bias).data)
    const { y: expected } = (await merged.run({ x })) as { y: HostTensor }
    for (let at = row * width; at < (row + 1) * width; at++)
      expect(y.data[at]).toBeCloseTo(Number(expected.data[at]), 4)
  }
})
