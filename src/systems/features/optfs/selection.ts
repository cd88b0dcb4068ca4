import { InterplayError } from '../../../errors/index.ts'
import { fieldsOf, stacked, type FieldSpec, type TableSpec } from '../../../nn/index.ts'
import type { Snapshot } from '../../../train/index.ts'

/** Which features a search keeps. A feature is a value of a categorical field, or another field as a whole. */
export interface Selection {
  /** Scores c of the values of all categorical fields, one under the other, padding included. */
  readonly scores: Float32Array
  /** Scores of the other fields, numeric ones first. */
  readonly fieldScores: Float32Array
}

export const selectionOf = (searched: Snapshot): Selection => ({
  scores: searched.get('model.values') ?? new Float32Array(),
  fieldScores: searched.get('model.fields') ?? new Float32Array(),
})

/** Features in all, padding left out. */
export function countFeatures(spec: TableSpec): number {
  const categorical = fieldsOf(spec, 'categorical')
  return stacked(categorical).rows - categorical.length + (spec.fields.length - categorical.length)
}

/** Features kept in each field: `of` values, unknown included, or one. */
export function keptByField(spec: TableSpec, { scores, fieldScores }: Selection): FieldCount[] {
  const categorical = fieldsOf(spec, 'categorical')
  const { starts } = stacked(categorical)
  const open = (values: Float32Array) => values.reduce((count, c) => count + (c > 0 ? 1 : 0), 0)
  return [
    ...categorical.map(({ name, size }, f) => ({
      field: name,
      kept: open(scores.subarray(starts[f]! + 1, starts[f]! + size)),
      of: size - 1,
    })),
    ...otherFields(spec).map(({ name }, f) => ({ field: name, kept: fieldScores[f]! > 0 ? 1 : 0, of: 1 })),
  ]
}

export interface FieldCount {
  field: string
  kept: number
  of: number
}

/** Share of the features kept. */
export function keptShare(spec: TableSpec, selection: Selection): number {
  return keptByField(spec, selection).reduce((sum, { kept }) => sum + kept, 0) / countFeatures(spec)
}

/** Fields that are one feature each, in the order of a field embedding. */
export const otherFields = (spec: TableSpec): FieldSpec[] => [
  ...fieldsOf(spec, 'numeric'),
  ...fieldsOf(spec, 'sequence'),
]

/** @throws InterplayError `option/conflict` where a search that leaves nothing is all there is */
export function refuseNothing(penalties: readonly number[]): never {
  throw new InterplayError('option/conflict', 'every search closed all gates: no feature is kept', {
    where: `--set penalties=${JSON.stringify(penalties)}`,
    try: `--set penalties=${JSON.stringify([Math.min(...penalties) / 10])}`,
  })
}
