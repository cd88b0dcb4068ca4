import { Random } from '../random/index.ts'
import type { TestAnswers } from './run-report.ts'

/** A report draws its curves from at most this many test rows; its metrics are of all. */
export const reportRows = 50_000

/**
 * The answers of at most `limit` rows, drawn without replacement by the seed and kept in order. `predictions` [rows] or
 * [rows, classes] go along.
 */
export function sampleTest(answers: Omit<TestAnswers, 'rows'>, seed: number, limit = reportRows): TestAnswers {
  const rows = answers.targets.length
  const kept = rows <= limit ? undefined : new Random(seed, 'report/sample').permutation(rows).subarray(0, limit).sort()
  const pick = (values: ArrayLike<number>) => {
    const width = values.length / rows
    if (!kept) return Array.from(values)
    return Array.from(
      { length: limit * width },
      (_, at) => values[kept[Math.floor(at / width)]! * width + (at % width)]!,
    )
  }
  return {
    targets: pick(answers.targets),
    predictions: pick(answers.predictions),
    baselines: answers.baselines?.map(({ name, predictions }) => ({ name, predictions: pick(predictions) })),
    rows,
  }
}
