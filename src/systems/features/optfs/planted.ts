import { Random } from '../../../random/index.ts'
import { categoricalSpec } from '../../../study/index.ts'
import { categoricalRows, type TrialData } from '../shared/trial.ts'

const fields = 10
const values = 50
const rank = 2

/** Rows of which only some values tell anything, and which those are. */
export interface PlantedValues extends TrialData {
  /** 1 for each informative value, padding and unknown being none: a row of the stacked vocabularies each. */
  informative: Uint8Array
}

/**
 * Ten fields of 50 values. The log-odds are <u_x0, w_x1> + <u_x2, w_x3>, scaled to a deviation of 1.5, of rank 2; half of the
 * values of those four fields have a zero vector: useless values inside useful fields. The other six fields tell nothing.
 */
export function plantedValues(rows: number, seed: number): PlantedValues {
  const random = new Random(seed, 'optfs.planted')
  const vectors = Array.from({ length: 4 }, () =>
    Array.from({ length: values }, (_, v) => Array.from({ length: rank }, () => (v % 2 === 0 ? random.normal() : 0))),
  )
  const score = (x: readonly number[]) =>
    [0, 2].reduce(
      (sum, f) => sum + vectors[f]![x[f]!]!.reduce((dot, u, k) => dot + u * vectors[f + 1]![x[f + 1]!]![k]!, 0),
      0,
    )
  const rowsOf = (part: string, count: number, scale: number) => {
    const own = new Random(seed, `optfs.planted.${part}`)
    return categoricalRows(fields, values, count, () => {
      const x = Array.from({ length: fields }, () => own.integer(values))
      return { values: x, label: own.uniform() < 1 / (1 + Math.exp(-scale * score(x))) ? 1 : 0 }
    })
  }
  const sample = Array.from({ length: 4000 }, () => score(Array.from({ length: 4 }, () => random.integer(values))))
  const scale = 1.5 / Math.sqrt(sample.reduce((sum, value) => sum + value ** 2, 0) / sample.length)
  const informative = new Uint8Array(fields * (values + 2))
  for (let f = 0; f < 4; f++) for (let v = 0; v < values; v += 2) informative[f * (values + 2) + 1 + v] = 1
  return {
    spec: { ...categoricalSpec(new Array<number>(fields).fill(values + 2)), rows },
    train: rowsOf('train', rows, scale),
    valid: rowsOf('valid', rows / 10, scale),
    test: rowsOf('test', rows / 4, scale),
    informative,
  }
}
