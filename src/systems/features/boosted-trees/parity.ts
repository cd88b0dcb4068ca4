import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { EncodedTable } from '../../../data/index.ts'
import { loadSafetensors } from '../../../engine/safetensors-file.ts'
import type { FieldSpec, TargetSpec } from '../../../nn/index.ts'
import { boost } from './boost.ts'
import { boostedTreesOptions } from './options.ts'

const fields: FieldSpec[] = [
  { name: 'many', type: 'categorical', size: 14 },
  { name: 'few', type: 'categorical', size: 3 },
  ...['a', 'b', 'c'].map((name): FieldSpec => ({ name, type: 'numeric', size: 0 })),
]

/** The parameters LightGBM was run with; missing numbers and both kinds of categorical splits are in its trees. */
const options = boostedTreesOptions.parse({
  trees: 20,
  leaves: 12,
  learningRate: 0.15,
  minRows: 15,
  minRowsPerCategory: 40,
  categorySmooth: 5,
  categoryL2: 4,
  l2: 0.5,
})

export const goldenTargets: readonly TargetSpec[] = [
  { name: 'binary', kind: 'binary', classes: ['0', '1'] },
  { name: 'multiclass', kind: 'multiclass', classes: ['0', '1', '2'] },
  { name: 'regression', kind: 'regression', mean: 0, deviation: 1 },
]

export interface TreeParity {
  /** Largest |raw score difference|. */
  scores: number
  /** Largest relative difference of a field's summed gain; LightGBM keeps six digits of each. */
  gains: number
  /** Fields whose splits are not as many. */
  splits: number
}

const file = fileURLToPath(new URL('../../../../fixtures/boosted-trees/lightgbm.safetensors', import.meta.url))

/** Our trees against LightGBM's scores and importances; undefined where the golden file is not at hand. */
export async function parityOf(target: TargetSpec): Promise<TreeParity | undefined> {
  if (!existsSync(file)) return undefined
  const { tensors } = await loadSafetensors(file)
  const data = (key: string) => tensors[key]!.data as Float64Array
  const targets = Float32Array.from(data(`input/${target.name}`))
  const rows = targets.length
  const table: EncodedTable = {
    rows,
    categorical: Int32Array.from(data('input/categorical')),
    numeric: Float32Array.from(data('input/numeric')),
    sequences: [],
    targets: [targets],
    rowNumber: new Int32Array(rows),
  }
  const model = await boost(table, { spec: { fields, targets: [target], rows }, options, seed: 1, threads: 1 })
  const expected = data(`output/${target.name}`)
  const own = model.scores(table)
  const outputs = expected.length / rows
  const importances = model.importances()
  const used = fields.map(({ name }) => importances.find(({ field }) => field === name)!)
  const [gains, splits] = [data(`output/${target.name}.gain`), data(`output/${target.name}.splits`)]
  return {
    scores: expected.reduce((most, value, i) => {
      return Math.max(most, Math.abs(own[(i % outputs) * rows + Math.floor(i / outputs)]! - value))
    }, 0),
    gains: Math.max(...used.map(({ gain }, i) => Math.abs(gain / gains[i]! - 1))),
    splits: used.filter((entry, i) => entry.splits !== splits[i]).length,
  }
}
