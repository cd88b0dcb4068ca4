import type { EncodedTable } from '../../../data/index.ts'
import { State } from '../../../engine/index.ts'
import { Influence, strategies, type Strategy } from '../../../lenses/index.ts'
import type { Activation } from '../../../nn/index.ts'
import { goldenCases, type GoldenCase } from '../../../study/index.ts'
import { Plain, specOf } from './worlds.ts'

export interface InfluenceParity {
  name: string
  strategy: Strategy
  /** Largest distances, relative to the reference's largest element. */
  pairwise: number
  self: number
}

/** Influences and self-influences of the golden networks, undefined where the fixtures are not at hand. */
export async function influenceParities(): Promise<InfluenceParity[] | undefined> {
  const cases = await goldenCases('influence-ekfac')
  return cases && (await Promise.all(cases.map(parityOf))).flat()
}

async function parityOf({ name, tensors, configuration }: GoldenCase): Promise<InfluenceParity[]> {
  const { inputs, hidden, activation, damping } = configuration as {
    inputs: number
    hidden: number[]
    activation: Activation
    damping: number
  }
  const values = (key: string) => tensors[key]!.data as Float64Array
  const table = (key: string, labels: ArrayLike<number>): EncodedTable => ({
    rows: labels.length,
    categorical: new Int32Array(),
    numeric: Float32Array.from(values(key)),
    sequences: [],
    targets: [Float32Array.from(labels)],
    rowNumber: Int32Array.from(labels, (_, row) => row + 1),
  })
  const train = table('input/x', values('input/y'))
  const query = table('input/query', new Float64Array(tensors['input/query']!.dims[0]!))
  const model = new Plain(inputs, hidden, activation)
  const state = new State({ model }, 1)
  for (const [path, parameter] of model.parameters()) state.write(parameter, values(`parameter/${path}`))
  const trained = { model, spec: specOf(inputs, 'regression', train.rows), state }
  const found: InfluenceParity[] = []
  for (const strategy of strategies) {
    await using influence = await Influence.of(trained, train, { strategy, damping, fisher: 'given' })
    // Theirs is the gradient of the loss, not of the log-likelihood, and of one row among the sum.
    const pairs = (await influence.on(query)).flatMap(each => [...each.values].map(value => -value * train.rows))
    const self = [...influence.self()].map(value => value * train.rows)
    found.push({
      name,
      strategy,
      pairwise: distance(pairs, values(`output/${strategy}/pairwise`)),
      self: distance(self, values(`output/${strategy}/self`)),
    })
  }
  return found
}

function distance(got: readonly number[], expected: Float64Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return got.reduce((most, value, k) => Math.max(most, Math.abs(value - expected[k]!)), 0) / largest
}
