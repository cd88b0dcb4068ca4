import { expect, test } from 'vitest'
import { loadSafetensors } from '../../../engine/safetensors-file.ts'
import type { EncodedTable } from '../../../data/index.ts'
import type { FieldSpec, TargetSpec } from '../../../nn/index.ts'
import { boost } from './boost.ts'
import { boostedTreesOptions } from './options.ts'

const { tensors } = await loadSafetensors(
  new URL('../../../../fixtures/boosted-trees/lightgbm.safetensors', import.meta.url).pathname,
)
const fields: FieldSpec[] = [
  { name: 'many', type: 'categorical', size: 14 },
  { name: 'few', type: 'categorical', size: 3 },
  ...['a', 'b', 'c'].map((name): FieldSpec => ({ name, type: 'numeric', size: 0 })),
]
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

const cases: TargetSpec[] = [
  { name: 'binary', kind: 'binary', classes: ['0', '1'] },
  { name: 'multiclass', kind: 'multiclass', classes: ['0', '1', '2'] },
  { name: 'regression', kind: 'regression', mean: 0, deviation: 1 },
]

// Missing numbers, one-against-the-rest and many-against-many splits are all in these trees.
test.each(cases)('raw scores and importances are LightGBM 4.7: $name', async target => {
  const targets = tensors[`input/${target.name}`]!.data as Float32Array
  const rows = targets.length
  const table: EncodedTable = {
    rows,
    categorical: tensors['input/categorical']!.data as Int32Array,
    numeric: tensors['input/numeric']!.data as Float32Array,
    sequences: [],
    targets: [targets],
    rowNumber: new Int32Array(rows),
  }
  const model = await boost(table, { spec: { fields, targets: [target], rows }, options, seed: 1, threads: 1 })
  const expected = tensors[`output/${target.name}`]!.data as Float64Array
  const scores = model.scores(table)
  const outputs = expected.length / rows
  let greatest = 0
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < outputs; k++) {
      greatest = Math.max(greatest, Math.abs(scores[k * rows + row]! - expected[row * outputs + k]!))
    }
  }
  expect(greatest).toBeLessThan(1e-5)
  const importances = model.importances()
  const used = fields.map(({ name }) => importances.find(({ field }) => field === name)!)
  expect(used.map(({ splits }) => splits)).toEqual(
    Array.from(tensors[`output/${target.name}.splits`]!.data as Float64Array),
  )
  const gains = tensors[`output/${target.name}.gain`]!.data as Float64Array
  for (const [i, { gain }] of used.entries()) expect(Math.abs(gain / gains[i]! - 1)).toBeLessThan(1e-4)
})
