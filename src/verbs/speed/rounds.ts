import type { EncodedTable } from '../../data/table/encoded.ts'
import type { TableSpec } from '../../nn/index.ts'
import { Random } from '../../random/index.ts'
import { parseOptions } from '../../system/index.ts'
import { tableSystem } from '../../systems/index.ts'
import { TableLearner, trainingSettings } from '../../train/index.ts'
import { frappeFields, recipe, speedCases } from './cases.ts'
import { matmulRate } from './matmul.ts'

export interface RoundsSetup {
  /** A key of `speedCases`. */
  name: string
  batch: number
  threads: number
  seed: number
}

/** What one round answers, ours and a peer's alike; `plannedBytes` and `products` are ours only. */
export interface Round {
  seconds: number
  rowsPerSecond: number
  peakBytes: number
  loss: number
  /** What the program said before it ran that it would take, the runtime and the rows left out. */
  plannedBytes?: number
  /** Operations a second of the step's matrix products, and those a plain MatMul reached right after. */
  products?: { step: number; matmul: number }
}

/** Steps not counted: the first makes the session and touches every buffer. */
const warmup = 3

/** Rows drawn for training; the peers draw as many. */
const rows = 202_027

/** Trains one case on drawn Frappe-shaped rows, in rounds of steps. */
export async function startRounds({ name, batch, threads, seed }: RoundsSetup) {
  const { system, options, fields: sizes } = speedCases[name]!
  const spec = specOf(sizes ?? frappeFields)
  const chosen = tableSystem(system)
  const { learningRate, clipNorm } = recipe
  const embeddingRegularization = sizes ? 0 : recipe.embeddingRegularization
  const settings = trainingSettings(rows, { batch, threads, seed, learningRate, clipNorm, embeddingRegularization })
  const learner = new TableLearner(chosen.create!(parseOptions(chosen, options), spec), spec, settings)
  const table = drawnTable(spec, Math.max(rows, batch), seed)
  const product = await matmulRate(threads)
  const { productOperations, peakBytes: plannedBytes } = learner.plan(batch)
  const fields = spec.fields.length
  let next = 0
  const step = () => {
    const from = next
    next = from + 2 * batch <= table.rows ? from + batch : 0
    const categorical = table.categorical.subarray(from * fields, (from + batch) * fields)
    return learner.step({ categorical, 'target.label': table.label.subarray(from, from + batch) }, learningRate)
  }
  for (let i = 0; i < warmup; i++) await step()
  return {
    async round(steps: number): Promise<Round> {
      let loss = Number.NaN
      const started = performance.now()
      for (let i = 0; i < steps; i++) loss = await step()
      const seconds = (performance.now() - started) / 1000
      const matmul = await product.rate(5)
      return {
        seconds,
        rowsPerSecond: (steps * batch) / seconds,
        peakBytes: process.resourceUsage().maxRSS * 1024,
        loss,
        plannedBytes,
        products: { step: (productOperations * steps) / seconds, matmul },
      }
    },
    async close() {
      await Promise.all([learner.close(), product.close()])
    },
  }
}

const specOf = (sizes: Readonly<Record<string, number>>): TableSpec => ({
  fields: Object.entries(sizes).map(([name, size]) => ({ name, type: 'categorical', size })),
  targets: [{ name: 'label', kind: 'binary', classes: ['0', '1'] }],
  rows,
})

/** Ids uniform over each field's values, a third of the labels 1: what the peers draw for themselves. */
function drawnTable(
  { fields }: TableSpec,
  count: number,
  seed: number,
): Pick<EncodedTable, 'rows' | 'categorical'> & { label: Float32Array } {
  const random = new Random(seed, 'speed')
  const sizes = fields.map(field => field.size)
  const categorical = new Int32Array(count * sizes.length)
  for (let row = 0, to = 0; row < count; row++) {
    let start = 0
    for (const size of sizes) {
      categorical[to++] = start + 1 + random.integer(size - 1)
      start += size
    }
  }
  const label = Float32Array.from({ length: count }, () => Number(random.uniform() < 1 / 3))
  return { rows: count, categorical, label }
}
