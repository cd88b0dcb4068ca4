import { InterplayError, suggest } from '../../errors/index.ts'
import { concat, type Tensor } from '../../engine/index.ts'
import { fieldsOf, type TableBatch } from './batch.ts'
import { stacked } from './embedding.ts'
import type { TableSpec } from './spec.ts'

/** The spec of some of the fields, in the spec's own order. Throws `option/invalid` for a name that is no field. */
export function selectFields(spec: TableSpec, names: readonly string[], option: string): TableSpec {
  const known = spec.fields.map(field => field.name)
  for (const name of names) {
    if (known.includes(name)) continue
    const near = suggest(name, known)
    throw new InterplayError('option/invalid', `${option} names '${name}', which is not an input field`, {
      why: near.length > 0 ? `nearest: ${near.join(', ')}` : `fields: ${known.join(', ')}`,
    })
  }
  return { ...spec, fields: spec.fields.filter(field => names.includes(field.name)) }
}

/** The batch's columns of `selected`, a spec made by `selectFields`, with ids into the selected fields' own tables. */
export function selectColumns(spec: TableSpec, selected: TableSpec, batch: TableBatch): TableBatch {
  const names = new Set(selected.fields.map(field => field.name))
  const all = fieldsOf(spec, 'categorical')
  const from = stacked(all).starts
  const to = stacked(fieldsOf(selected, 'categorical')).starts
  const columns: Tensor[] = []
  for (const [column, field] of all.entries()) {
    if (!names.has(field.name)) continue
    columns.push(batch.categorical!.slice(1, column, column + 1).sub(from[column]! - to[columns.length]!))
  }
  const numeric = fieldsOf(spec, 'numeric').flatMap((field, column) =>
    names.has(field.name) ? [batch.numeric!.slice(1, column, column + 1)] : [],
  )
  return {
    categorical: columns.length > 0 ? concat(columns, 1) : undefined,
    numeric: numeric.length > 0 ? concat(numeric, 1) : undefined,
    sequences: batch.sequences,
  }
}
