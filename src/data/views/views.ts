import { InterplayError } from '../../errors/index.ts'
import type { Labels } from '../items.ts'

/** One modality of every row: vectors, or values; rows where it is absent are NaN, or -1. */
export type View =
  | { name: string; kind: 'vectors'; width: number; values: Float64Array }
  | { name: string; kind: 'values'; categories: readonly string[]; values: Int32Array }

/** Two modalities of the same rows, and what they may tell of a label; any of the three may be absent in a row. */
export interface TwoViews {
  name: string
  rows: number
  views: readonly [View, View]
  labels: Labels
}

/** Whether a row has the modality. */
export const hasView = (view: View, row: number): boolean =>
  view.kind === 'values' ? view.values[row]! >= 0 : !Number.isNaN(view.values[row * view.width]!)

/** @throws InterplayError `data/empty`, `shape/mismatch`, `data/not-finite`, `data/unknown-value`, `data/target-constant` */
export function checkViews({ name, rows, views, labels }: TwoViews): void {
  if (rows === 0) throw new InterplayError('data/empty', `'${name}' has no rows`)
  for (const view of views) checkView(view, rows)
  if (labels.values.length !== rows)
    throw new InterplayError('shape/mismatch', `'${labels.name}' has ${labels.values.length} labels for ${rows} rows`)
  for (const view of views) {
    const told = new Set<number>()
    let seen = 0
    for (let row = 0; row < rows; row++) {
      if (!hasView(view, row)) continue
      seen++
      if (labels.values[row]! >= 0) told.add(labels.values[row]!)
    }
    if (seen === 0) throw new InterplayError('data/empty', `no row has '${view.name}'`)
    if (told.size > 1) continue
    const [only] = told
    const what = only === undefined ? 'no label' : `only '${labels.classes[only]}'`
    throw new InterplayError('data/target-constant', `'${labels.name}' has ${what} in the rows with '${view.name}'`)
  }
  if (!Array.from({ length: rows }, (_, row) => row).some(row => views.every(view => hasView(view, row))))
    throw new InterplayError('data/empty', `no row has both '${views[0].name}' and '${views[1].name}'`)
}

function checkView(view: View, rows: number): void {
  const width = view.kind === 'values' ? 1 : view.width
  if (view.values.length !== rows * width)
    throw new InterplayError('shape/mismatch', `'${view.name}' has ${view.values.length / width} rows, not ${rows}`)
  if (view.kind === 'values') {
    const at = view.values.findIndex(value => value >= view.categories.length)
    if (at >= 0) throw new InterplayError('data/unknown-value', `'${view.name}' of row ${at + 1} is of no category`)
    return
  }
  for (let row = 0; row < rows; row++) {
    const own = view.values.subarray(row * width, (row + 1) * width)
    if (own.every(Number.isNaN)) continue
    const at = own.findIndex(value => !Number.isFinite(value))
    if (at >= 0)
      throw new InterplayError('data/not-finite', `'${view.name}' of row ${row + 1} is ${own[at]} at place ${at + 1}`)
  }
}
