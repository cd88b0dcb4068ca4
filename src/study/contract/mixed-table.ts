import type { EncodedTable } from '../../data/index.ts'
import type { TableSpec, TargetSpec } from '../../nn/index.ts'
import { Random } from '../../random/index.ts'

const targets: Record<TargetSpec['kind'], TargetSpec> = {
  binary: { name: 'y', kind: 'binary', classes: ['no', 'yes'] },
  multiclass: { name: 'y', kind: 'multiclass', classes: ['a', 'b', 'c'] },
  regression: { name: 'y', kind: 'regression', mean: 0, deviation: 1 },
}

const rows = 256

/** Two categorical fields, two numbers and a sequence, with a target of a kind: small, and of every field type. */
export function mixedTable(kind: TargetSpec['kind']): { spec: TableSpec; table: EncodedTable } {
  const random = new Random(1, 'mixed-table')
  const sizes = [5, 7]
  const length = 3
  const categorical = Int32Array.from(
    { length: rows * 2 },
    (_, i) => (i % 2) * 5 + 1 + random.integer(sizes[i % 2]! - 1),
  )
  const numeric = Float32Array.from({ length: rows * 2 }, () => random.normal())
  const ids = Int32Array.from({ length: rows * length }, (_, i) => (i % length === 2 ? 0 : 1 + random.integer(3)))
  const values = Float32Array.from({ length: rows }, (_, row) => {
    const signal = numeric[row * 2]! + (categorical[row * 2]! === 2 ? 1 : 0) + 0.3 * random.normal()
    return kind === 'regression'
      ? signal
      : kind === 'binary'
        ? Number(signal > 0)
        : signal > 0.5
          ? 2
          : signal > -0.5
            ? 1
            : 0
  })
  return {
    spec: {
      fields: [
        ...sizes.map((size, i) => ({ name: `c${i}`, type: 'categorical' as const, size })),
        ...sizes.map((_, i) => ({ name: `n${i}`, type: 'numeric' as const, size: 0 })),
        { name: 's', type: 'sequence', size: 5, length },
      ],
      targets: [targets[kind]],
      rows,
    },
    table: {
      rows,
      categorical,
      numeric,
      sequences: [{ field: 's', length, ids }],
      targets: [values],
      rowNumber: Int32Array.from({ length: rows }, (_, row) => row + 1),
    },
  }
}
