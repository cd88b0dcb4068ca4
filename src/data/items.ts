import { InterplayError } from '../errors/index.ts'

/** Class labels of items: an index into `classes`, -1 where unknown. */
export interface Labels {
  /** What is predicted: `age`, `species`. */
  name: string
  classes: readonly string[]
  values: Int32Array
}

/** Indices of items by split; each item is in at most one. */
export interface Splits {
  train: Int32Array
  valid: Int32Array
  test: Int32Array
}

/** Throws where there is nothing to learn: no labels, or the training items show one class only. */
export function checkLabels(labels: Labels | undefined, splits: Splits | undefined, items: string): void {
  if (!labels) throw new InterplayError('data/target-missing', `the ${items} have no labels to learn from`)
  const rows = splits?.train ?? Int32Array.from(labels.values, (_, i) => i)
  const seen = new Set<number>()
  for (const row of rows) if (labels.values[row]! >= 0) seen.add(labels.values[row]!)
  if (seen.size > 1) return
  const [only] = seen
  const what = only === undefined ? 'no label' : `only '${labels.classes[only]}'`
  throw new InterplayError('data/target-constant', `'${labels.name}' has ${what} in ${rows.length} training ${items}`)
}
