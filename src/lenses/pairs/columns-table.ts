import type { EncodedTable } from '../../data/table/encoded.ts'
import type { FieldSpec, TableSpec, TargetSpec } from '../../nn/fields/spec.ts'
import type { Columns, Predictor } from '../predictor.ts'
import type { TablePredict } from './stack.ts'
import type { Labels } from './support.ts'

/** Any predictor and its rows as a table model: codes as local ids, numbers in single precision. */
export function columnsTable(
  predictor: Predictor,
  columns: Columns,
  { labels, output = 0 }: { labels?: Labels; output?: number } = {},
): { table: EncodedTable; spec: TableSpec; predict: TablePredict } {
  const rows = columns[0]?.length ?? 0
  const fields = predictor.fields.map(({ name, type }, f): FieldSpec => {
    const size = type === 'categorical' ? columns[f]!.reduce((most, code) => Math.max(most, code + 1), 1) : 0
    return { name, type, size }
  })
  let offset = 0
  const offsets = fields.map(({ size }) => (offset += size) - size)
  const members = (type: 'categorical' | 'numeric') => [...fields.keys()].filter(f => fields[f]!.type === type)
  const [codes, numbers] = [members('categorical'), members('numeric')]
  const table: EncodedTable = {
    rows,
    categorical: new Int32Array(rows * codes.length),
    numeric: new Float32Array(rows * numbers.length),
    sequences: [],
    targets: labels ? [Float32Array.from(labels.values)] : [],
    rowNumber: new Int32Array(rows).map((_, r) => r + 1),
  }
  for (let r = 0; r < rows; r++) {
    codes.forEach((f, k) => (table.categorical[r * codes.length + k] = columns[f]![r]! + offsets[f]!))
    numbers.forEach((f, k) => (table.numeric[r * numbers.length + k] = columns[f]![r]!))
  }
  const target: TargetSpec =
    labels?.kind === 'binary'
      ? { name: 'target', kind: 'binary', classes: ['no', 'yes'] }
      : { name: 'target', kind: 'regression', mean: 0, deviation: 1 }
  const outputs = predictor.output.names.length
  const predict: TablePredict = async asked => {
    const unpacked = fields.map(() => new Float64Array(asked.rows))
    for (let r = 0; r < asked.rows; r++) {
      codes.forEach((f, k) => (unpacked[f]![r] = asked.categorical[r * codes.length + k]! - offsets[f]!))
      numbers.forEach((f, k) => (unpacked[f]![r] = asked.numeric[r * numbers.length + k]!))
    }
    const answers = await predictor.predict(unpacked)
    return Float32Array.from({ length: asked.rows }, (_, r) => answers[r * outputs + output]!)
  }
  return { table, spec: { fields, targets: [target], rows }, predict }
}
