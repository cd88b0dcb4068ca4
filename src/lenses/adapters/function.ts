import type { Columns, Predictor, PredictorField, PredictorOutput } from '../predictor.ts'

export interface FunctionPredictorOptions {
  name?: string
  fields: readonly (string | PredictorField)[]
  output?: PredictorOutput
  deterministic?: boolean
}

/**
 * A TypeScript function of one row as a predictor. The row array is reused between calls: the function must not keep it.
 */
export function functionPredictor(
  score: (row: Float64Array) => number | readonly number[],
  { name = 'function', fields, output = { kind: 'value', names: ['value'] }, deterministic }: FunctionPredictorOptions,
): Predictor {
  const described = fields.map(field => (typeof field === 'string' ? { name: field, type: 'numeric' as const } : field))
  const predict = async (columns: Columns) => {
    const rows = columns[0]?.length ?? 0
    const outputs = output.names.length
    const row = new Float64Array(columns.length)
    const answers = new Float64Array(rows * outputs)
    for (let r = 0; r < rows; r++) {
      for (let f = 0; f < columns.length; f++) row[f] = columns[f]![r]!
      const answer = score(row)
      if (typeof answer === 'number') answers[r * outputs] = answer
      else answers.set(answer, r * outputs)
    }
    return answers
  }
  return { name, fields: described, output, deterministic, predict }
}
