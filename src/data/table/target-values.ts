import { InterplayError } from '../../errors/index.ts'

/** A target's values over all rows that take part. */
export interface TargetCounts {
  rows: number
  present: number
  distinct: number
  firstNull: number | null
  infinite: number
  firstInfinite: number | null
}

/** More classes than this are refused: a text id taken for a target. */
const mostClasses = 1000

/** Whether a target is told apart in classes: of two values, or of text, or where its type says so. */
export const isClasses = (distinct: number, isNumber: boolean, type: string | undefined): boolean =>
  distinct === 2 || type === 'categorical' || type === 'boolean' || (!isNumber && type !== 'numeric')

const format = (count: number) => count.toLocaleString('en-US')

/** @throws InterplayError `data/target-null`, `data/not-finite` */
export function refuseCounts(name: string, counts: TargetCounts): void {
  const absent = counts.rows - counts.present
  if (counts.present === 0)
    throw new InterplayError('data/target-null', `target '${name}' is empty in all ${format(counts.rows)} rows`)
  if (absent > 0) {
    throw new InterplayError(
      'data/target-null',
      `target '${name}' is empty in ${format(absent)} ${absent === 1 ? 'row' : 'rows'}, first row ${counts.firstNull}`,
      {
        try: /^[a-z_]\w*$/i.test(name) ? `--where "${name} IS NOT NULL"` : `--where '"${name}" IS NOT NULL'`,
        details: { rows: absent, first: counts.firstNull },
      },
    )
  }
  if (counts.infinite > 0) {
    throw new InterplayError(
      'data/not-finite',
      `'${name}' is infinite in ${format(counts.infinite)} ${counts.infinite === 1 ? 'row' : 'rows'}, first row ${counts.firstInfinite}`,
      { details: { fields: [{ field: name, rows: counts.infinite, first: counts.firstInfinite }] } },
    )
  }
}

/** @throws InterplayError `data/target-constant`: `only` is the one value of the training rows */
export function refuseConstant(name: string, only: { value: unknown; rows: number }, counts: TargetCounts): never {
  const rows = counts.distinct === 1 ? `${format(counts.rows)} rows` : `${format(only.rows)} training rows`
  throw new InterplayError('data/target-constant', `target '${name}' is '${String(only.value)}' in all ${rows}`)
}

/** @throws InterplayError `data/target-classes` */
export function refuseClasses(name: string, distinct: number): void {
  if (distinct <= mostClasses) return
  throw new InterplayError(
    'data/target-classes',
    `target '${name}' has ${format(distinct)} classes; at most ${format(mostClasses)} are told apart`,
  )
}

/** Mean and population deviation of a target of numbers over the training rows. */
export function momentsOf(values: Float32Array): { mean: number; deviation: number } {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / values.length) || 1 }
}
