import type { EncodedTable } from '../../data/table/encoded.ts'
import type { TableSpec } from '../../nn/index.ts'
import { Random } from '../../random/index.ts'
import { parseOptions } from '../../system/index.ts'
import { tableSystem } from '../../systems/index.ts'
import { TableLearner, trainingSettings } from '../../train/index.ts'
import { frappeFields, recipe, type TableCase } from './cases.ts'
import { timed, type Trainer, type TrainerSetup } from './trainer.ts'

/** Rows drawn for training; the peers draw as many. */
const rows = 202_027

/** A table system on drawn Frappe-shaped rows. */
export async function trainTable(
  { system, options, fields: sizes }: TableCase,
  { batch, threads, seed, device }: TrainerSetup,
): Promise<Trainer> {
  const spec = specOf(sizes ?? frappeFields)
  const chosen = tableSystem(system)
  const { learningRate, clipNorm } = recipe
  const embeddingRegularization = sizes ? 0 : recipe.embeddingRegularization
  const settings = trainingSettings(rows, {
    batch,
    threads,
    seed,
    device,
    learningRate,
    clipNorm,
    embeddingRegularization,
  })
  const create = () => new TableLearner(chosen.create!(parseOptions(chosen, options), spec), spec, settings)
  const [learner, compileSeconds] = await timed(create)
  const table = drawnTable(spec, Math.max(rows, batch), seed)
  const fields = spec.fields.length
  let next = 0
  const batchFrom = (from: number) => ({
    categorical: table.categorical.subarray(from * fields, (from + batch) * fields),
    'target.label': table.label.subarray(from, from + batch),
  })
  return {
    plan: learner.plan(batch),
    compileSeconds,
    execution: () => learner.execution(batchFrom(next), learningRate),
    async train(steps) {
      let total = 0
      for (let step = 0; step < steps; step++) {
        total += await learner.step(batchFrom(next), learningRate)
        next = next + 2 * batch <= table.rows ? next + batch : 0
      }
      return total / steps
    },
    close: () => learner.close(),
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
