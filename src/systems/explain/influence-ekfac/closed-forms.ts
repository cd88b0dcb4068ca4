import { State, type Tensor } from '../../../engine/index.ts'
import { factorsOf, gradientOf, Influence, LayerProbe } from '../../../lenses/index.ts'
import { dense, inverse, multiply, transposed } from '../../../linear-algebra/index.ts'
import { Linear, TableModel, type TableBatch } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { curvedRows, specOf } from './worlds.ts'

const inputs = 8

class LinearModel extends TableModel {
  readonly output = new Linear(inputs, 1)
  forward({ numeric }: TableBatch): Tensor {
    return this.output.forward(numeric!)
  }
}

/** Largest distance of K-FAC's influences from g^T (2 mean x x^T + damping)^-1 g, relative to the largest. */
export async function linearForm(rows: number, seed: number): Promise<number> {
  const table = curvedRows(rows, seed)
  const model = new LinearModel()
  const trained = { model, spec: specOf(inputs, 'regression', rows), state: new State({ model }, seed) }
  await using influence = await Influence.of(trained, table, { strategy: 'kfac' })
  const [found] = await influence.on(table)
  await using probe = new LayerProbe(trained)
  const seen = await probe.of(table)
  const width = inputs + 1
  const x = dense(rows, width, seen.layers[0]!.read)
  const hessian = multiply(transposed(x), x)
  hessian.data.forEach((value, i) => {
    const ridge = i % (width + 1) === 0 ? influence.factors[0]!.damping : 0
    hessian.data[i] = (2 * value) / rows + ridge
  })
  const direction = multiply(inverse(hessian), dense(width, 1, gradientOf(seen, 0)[0]!))
  const along = multiply(x, direction).data
  const expected = along.map((value, r) => (-influence.slopes[r]! * value) / rows)
  const largest = Math.max(...expected.map(Math.abs))
  return Math.max(...expected.map((value, r) => Math.abs(value - found!.values[r]!))) / largest
}

/** Rows that are all pairs of some inputs with some slopes, whose second moments are exactly a Kronecker product. */
export function kroneckerForm(seed: number): number {
  const random = new Random(seed, 'influence.kronecker')
  const draw = (count: number, width: number) =>
    Array.from({ length: count }, () => Float32Array.from({ length: width }, () => random.normal()))
  const [reads, slopes] = [draw(30, 5), draw(20, 4)]
  const pairs = reads.flatMap(read => slopes.map(slope => ({ read, slope })))
  const layer = {
    name: 'pairs',
    inputs: 5,
    outputs: 4,
    read: Float32Array.from(pairs.flatMap(({ read }) => [...read])),
    slopes: Float32Array.from(pairs.flatMap(({ slope }) => [...slope])),
  }
  const weights = new Float64Array(pairs.length).fill(1)
  const [a, b] = (['kfac', 'ekfac'] as const).map(
    strategy => factorsOf(layer, weights, { strategy, damping: 0 }).values!,
  ) as [Float64Array, Float64Array]
  const largest = Math.max(...a)
  return Math.max(...a.map((value, k) => Math.abs(value - b[k]!))) / largest
}
