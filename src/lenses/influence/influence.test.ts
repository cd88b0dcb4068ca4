import { describe, expect, it } from 'vitest'
import type { EncodedTable } from '../../data/index.ts'
import { State, type Tensor } from '../../engine/index.ts'
import { dense, inverse, multiply, transposed, type Dense } from '../../linear-algebra/index.ts'
import {
  Linear,
  Module,
  MultilayerPerceptron,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../nn/index.ts'
import { rankCorrelation } from '../../metrics/index.ts'
import { Random } from '../../random/index.ts'
import { alongGradients, gradientOf, inverseProduct } from './conjugate-gradient.ts'
import { factorsOf } from './factors.ts'
import { Influence } from './influence.ts'
import { LayerProbe } from './probe.ts'

const width = 4
const specOf = (kind: 'binary' | 'regression'): TableSpec => ({
  fields: Array.from({ length: width }, (_, f) => ({ name: `x${f}`, type: 'numeric', size: 0 })),
  targets: [
    kind === 'binary' ? { name: 'y', kind, classes: ['no', 'yes'] } : { name: 'y', kind, mean: 0, deviation: 1 },
  ],
  rows: 60,
})

class LinearModel extends TableModel {
  readonly output = new Linear(width, 1)
  forward({ numeric }: TableBatch): Tensor {
    return this.output.forward(numeric!)
  }
}

class Deep extends TableModel {
  readonly mlp = new MultilayerPerceptron(width, [6, 5], { outputs: 1, activation: 'tanh' })
  forward({ numeric }: TableBatch, mode: Mode): Tensor {
    return this.mlp.forward(numeric!, mode)
  }
}

function rowsOf(rows: number, seed: number, label: (x: Float64Array, random: Random) => number): EncodedTable {
  const random = new Random(seed, 'influence.test')
  const numeric = new Float32Array(rows * width)
  const labels = new Float32Array(rows)
  for (let r = 0; r < rows; r++) {
    const x = new Float64Array(width).map(() => random.normal())
    numeric.set(x, r * width)
    labels[r] = label(x, random)
  }
  return {
    rows,
    categorical: new Int32Array(),
    numeric,
    sequences: [],
    targets: [labels],
    rowNumber: Int32Array.from({ length: rows }, (_, r) => r + 1),
  }
}

const regression = rowsOf(60, 1, ([a, b, c], random) => 2 * a! - b! + 0.5 * c! + 0.5 * random.normal())

/** Rows with the 1 of the bias. */
const design = ({ rows, numeric }: EncodedTable): Dense =>
  dense(
    rows,
    width + 1,
    Array.from({ length: rows * (width + 1) }, (_, i) => {
      const [r, k] = [Math.floor(i / (width + 1)), i % (width + 1)]
      return k === width ? 1 : numeric[r * width + k]!
    }),
  )

const scaled = (a: Dense, by: number): Dense =>
  dense(
    a.rows,
    a.columns,
    a.data.map(value => value * by),
  )
const plusDiagonal = (a: Dense, by: number): Dense =>
  dense(
    a.rows,
    a.columns,
    a.data.map((value, i) => value + (i % (a.columns + 1) === 0 ? by : 0)),
  )

/** The ridge regression of rows, mean of (x w - y)^2 + ridge / 2 |w|^2, by its normal equations. */
function ridgeOf(x: Dense, y: ArrayLike<number>, ridge: number): Dense {
  const hessian = plusDiagonal(scaled(multiply(transposed(x), x), 2 / x.rows), ridge)
  return multiply(inverse(hessian), scaled(multiply(transposed(x), dense(x.rows, 1, y)), 2 / x.rows))
}

function linearModel(weights: ArrayLike<number>): { model: LinearModel; spec: TableSpec; state: State } {
  const model = new LinearModel()
  const state = new State({ model }, 1)
  state.write(model.output.weight, Array.from(weights).slice(0, width))
  state.write(model.output.bias!, [weights[width]!])
  return { model, spec: specOf('regression'), state }
}

describe('a linear model', () => {
  const ridge = 0.2
  const x = design(regression)
  const y = regression.targets[0]!
  const fitted = ridgeOf(x, y, ridge)
  const hessian = plusDiagonal(scaled(multiply(transposed(x), x), 2 / x.rows), ridge)

  it('K-FAC is the Gauss-Newton matrix: influence at damping = ridge is the first-order change of the answer', async () => {
    const trained = linearModel(fitted.data)
    const mean =
      scaled(multiply(transposed(x), x), 2 / x.rows).data.reduce(
        (sum, value, i) => sum + (i % (width + 2) === 0 ? value : 0),
        0,
      ) /
      (width + 1)
    for (const strategy of ['kfac', 'ekfac'] as const) {
      await using influence = await Influence.of(trained, regression, { strategy, damping: ridge / mean })
      const [found] = await influence.on(regression)
      const query = dense(1, width + 1, x.data.subarray(0, width + 1))
      const row = multiply(query, inverse(hessian))
      for (let r = 0; r < x.rows; r++) {
        const own = x.data.subarray(r * (width + 1), (r + 1) * (width + 1))
        const residual = own.reduce((sum, value, k) => sum + value * fitted.data[k]!, 0) - y[r]!
        const expected = -(2 * residual * own.reduce((sum, value, k) => sum + value * row.data[k]!, 0)) / x.rows
        expect(Math.abs(found!.values[r]! - expected)).toBeLessThan(1e-4)
      }
    }
  })

  it('leaving a row out changes the answer by its influence, up to second order', async () => {
    await using influence = await Influence.of(linearModel(fitted.data), regression, {
      strategy: 'kfac',
      damping:
        ridge /
        (hessian.data.reduce((sum, value, i) => sum + (i % (width + 2) === 0 ? value - ridge : 0), 0) / (width + 1)),
    })
    const [found] = await influence.on(regression)
    const query = x.data.subarray(0, width + 1)
    for (const r of [3, 17, 40]) {
      const kept = Array.from({ length: x.rows }, (_, k) => k).filter(k => k !== r)
      const part = dense(
        x.rows - 1,
        width + 1,
        kept.flatMap(k => [...x.data.subarray(k * (width + 1), (k + 1) * (width + 1))]),
      )
      // the same penalty on the sum: the mean is over one row fewer
      const without = ridgeOf(
        part,
        kept.map(k => y[k]!),
        (ridge * x.rows) / (x.rows - 1),
      )
      const change = query.reduce((sum, value, k) => sum + value * (without.data[k]! - fitted.data[k]!), 0)
      const own = dense(1, width + 1, x.data.subarray(r * (width + 1), (r + 1) * (width + 1)))
      const h = (2 * multiply(multiply(own, inverse(hessian)), transposed(own)).data[0]!) / x.rows
      expect(Math.abs(-found!.values[r]! - change)).toBeLessThanOrEqual(Math.abs(change) * h + 1e-6)
      expect(Math.abs(change)).toBeGreaterThan(0)
    }
  })

  it('sampled labels come near the exact curvature as rows grow', async () => {
    const errorOf = async (rows: number) => {
      const table = rowsOf(rows, 5, ([a, b]) => a! - b!)
      const trained = linearModel([1, -1, 0, 0, 0])
      await using exact = await Influence.of(trained, table, { strategy: 'kfac' })
      await using sampled = await Influence.of(trained, table, { strategy: 'kfac', fisher: 'sampled', seed: 2 })
      const [a, b] = [exact.factors[0]!.values!, sampled.factors[0]!.values!]
      return Math.abs(b.at(-1)! / a.at(-1)! - 1)
    }
    expect(await errorOf(10_000)).toBeLessThan(0.06)
  })
})

describe('a deep model', async () => {
  const table = rowsOf(80, 2, ([a, b], random) => Number(a! * b! + 0.3 * random.normal() > 0))
  const model = new Deep()
  const trained = { model, spec: specOf('binary'), state: new State({ model }, 4) }
  const few = rowsOf(3, 9, () => 0)

  it('is probed layer by layer: the outer products are the gradients', async () => {
    await using probe = new LayerProbe(trained)
    expect(probe.widths.map(({ name, inputs, outputs }) => [name, inputs, outputs])).toEqual([
      ['mlp.layers.0.linear.weight', 5, 6],
      ['mlp.layers.1.linear.weight', 7, 5],
      ['mlp.output.weight', 6, 1],
    ])
    expect(probe.untracked).toEqual([])
    const found = await probe.of(few)
    const gradient = gradientOf(found, 1)
    const weight = trained.state.read('model.mlp.layers.0.linear.weight').data
    const step = 1e-2
    for (const place of [0, 7, 23]) {
      const [o, i] = [Math.floor(place / width), place % width]
      const before = weight[place]!
      weight[place] = before + step
      const [, up] = (await probe.of(few)).answers
      weight[place] = before - step
      const [, down] = (await probe.of(few)).answers
      weight[place] = before
      expect(gradient[0]![o * 5 + i]!).toBeCloseTo((up! - down!) / (2 * step), 2)
    }
  })

  it('all ways of keeping the curvature rank as gradient products where damping is endless, and layers add up', async () => {
    const values: Float64Array[] = []
    for (const strategy of ['identity', 'diagonal', 'kfac', 'ekfac'] as const) {
      await using influence = await Influence.of(trained, table, {
        strategy,
        damping: strategy === 'identity' ? 0 : 1e9,
      })
      const [first] = await influence.on(few)
      // each layer is damped by its own mean: undone, so that layers weigh alike
      const total = new Float64Array(table.rows)
      first!.layers.forEach((layer, l) =>
        layer.values.forEach((value, r) => (total[r]! += value * (influence.factors[l]!.damping || 1))),
      )
      values.push(total)
      const added = first!.layers.reduce((sum, layer) => sum + layer.values[3]!, 0)
      expect(added).toBeCloseTo(first!.values[3]!, 12)
    }
    for (const other of values.slice(1)) expect(rankCorrelation(values[0]!, other)).toBeGreaterThan(0.9999)
  })

  it('EK-FAC ranks nearer to the whole inverse, by conjugate gradients, than the diagonal does, and that than none', async () => {
    await using probe = new LayerProbe(trained)
    const rows = await probe.of(table)
    const query = await probe.of(few)
    const weights = Float64Array.from(rows.answers, answer => {
      const p = 1 / (1 + Math.exp(-answer))
      return p * (1 - p)
    })
    const scores: Record<string, number> = {}
    for (const strategy of ['ekfac', 'kfac', 'diagonal', 'identity'] as const) {
      await using influence = await Influence.of(trained, table, { strategy })
      const { solution, steps } = inverseProduct(rows, weights, gradientOf(query, 0), {
        damping: influence.factors.map(({ damping }) => damping),
        tolerance: 1e-8,
      })
      expect(steps).toBeGreaterThan(3)
      const along = alongGradients(rows, solution)
      const exact = along.map((value, r) => (-influence.slopes[r]! * value) / table.rows)
      const [found] = await influence.on(few)
      scores[strategy] = rankCorrelation(found!.values, exact)
    }
    expect(scores.ekfac! - scores.diagonal!).toBeGreaterThan(0.1)
    expect(scores.diagonal! - scores.identity!).toBeGreaterThan(0.1)
  })

  it('a row counts for itself as its influence on itself says', async () => {
    await using influence = await Influence.of(trained, table)
    const self = influence.self()
    const all = await influence.on(table)
    for (const r of [0, 11, 50]) expect(self[r]).toBeCloseTo(-influence.slopes[r]! * all[r]!.values[r]!, 10)
  })

  it('refuses several logits, no rows, and curvature that is not finite', async () => {
    const several: TableSpec = {
      ...trained.spec,
      targets: [{ name: 'y', kind: 'multiclass', classes: ['a', 'b', 'c'] }],
    }
    await expect(Influence.of({ ...trained, spec: several }, table)).rejects.toMatchObject({ code: 'lens/needs' })
    await expect(Influence.of(trained, { ...table, rows: 0 })).rejects.toMatchObject({ code: 'data/empty' })
    const layer = { name: 'w', inputs: 1, outputs: 1, read: Float32Array.of(1), slopes: Float32Array.of(NaN) }
    expect(() => factorsOf(layer, [1], { strategy: 'diagonal', damping: 0.1 })).toThrow(/'w' is not finite/)
  })

  it('embeddings, and weights that are read twice, are told as not tracked', async () => {
    class Twice extends TableModel {
      readonly shared = new Linear(width, width)
      readonly output = new Linear(width, 1)
      readonly parts: Module[] = []
      forward({ numeric }: TableBatch): Tensor {
        return this.output.forward(this.shared.forward(this.shared.forward(numeric!).relu()))
      }
    }
    const shared = new Twice()
    await using probe = new LayerProbe({ model: shared, spec: trained.spec, state: new State({ model: shared }, 1) })
    expect(probe.widths.map(({ name }) => name)).toEqual(['output.weight'])
    expect(probe.untracked).toEqual(['shared.weight', 'shared.bias'])
  })
})
