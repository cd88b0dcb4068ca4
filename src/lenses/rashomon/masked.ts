import { InterplayError } from '../../errors/index.ts'
import type { Columns, Predictor, PredictorField, PredictorOutput } from '../predictor.ts'

/**
 * A model with a dial for each field: with all at 1 it is the model itself, with any other setting another model that reads
 * the same rows.
 */
export interface MaskedModel {
  readonly name: string
  readonly fields: readonly PredictorField[]
  readonly output: PredictorOutput['kind']
  /** What a dial does, one clause. */
  readonly dial: string
  /** Answers [rows] of the model with the dials at `mask`, [fields]. */
  predict(columns: Columns, mask: ArrayLike<number>, signal?: AbortSignal): Promise<Float64Array>
}

export const maskKinds = ['scale', 'shift'] as const
/** `scale` multiplies a column by its dial and cannot move a cell of 0; `shift` moves a column by (dial - 1) deviations. */
export type MaskKind = (typeof maskKinds)[number]

/**
 * Any predictor of numbers, with dials on its inputs: f(m o x) (paper section 4), or shifted.
 *
 * @param columns rows whose deviations the shifts are counted in
 * @throws InterplayError `lens/needs` for categorical fields, whose codes have no scale
 */
export function maskedPredictor(
  predictor: Predictor,
  columns: Columns,
  { mask: kind = 'scale', output = 0 }: { mask?: MaskKind; output?: number } = {},
): MaskedModel {
  const { name, fields, output: answered } = predictor
  const raw = fields.find(field => field.type === 'categorical')
  if (raw)
    throw new InterplayError('lens/needs', `'${raw.name}' has values, not numbers: it has no scale to turn`, {
      where: name,
      try: 'a run, whose embeddings are turned, or columns encoded as numbers',
    })
  const outputs = answered.names.length
  const deviations = columns.map(deviationOf)
  const turned = (column: Float64Array, dial: number, f: number): Float64Array => {
    if (dial === 1) return column
    if (kind === 'scale') return column.map(value => value * dial)
    const shift = (dial - 1) * deviations[f]!
    return column.map(value => value + shift)
  }
  return {
    name,
    fields,
    output: answered.kind,
    dial:
      kind === 'scale' ? 'a dial multiplies its column' : 'a dial shifts its column, 1 deviation for each unit from 1',
    async predict(asked, mask, signal) {
      const answers = await predictor.predict(
        asked.map((column, f) => turned(column, mask[f]!, f)),
        signal,
      )
      if (outputs === 1) return answers
      return Float64Array.from({ length: answers.length / outputs }, (_, r) => answers[r * outputs + output]!)
    },
  }
}

function deviationOf(column: Float64Array): number {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length
  return Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length)
}
