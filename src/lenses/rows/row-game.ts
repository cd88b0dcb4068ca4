import { wordsOf, type Game } from '../games/game.ts'
import { rowsIn } from '../columns.ts'
import type { Predictor } from '../predictor.ts'
import type { Imputer } from './imputer.ts'

export interface RowGameOptions {
  /** Which output the game is about. */
  output?: number
}

/**
 * The game of one row: its fields are the players, and a coalition is worth the answer with the row's own cells in it and
 * the imputer's in all others, averaged over the background rows. Coalitions travel in requests of the predictor's size.
 */
export function rowGame(
  predictor: Predictor,
  row: ArrayLike<number>,
  { background }: Imputer,
  { output = 0 }: RowGameOptions = {},
): Game {
  const { fields } = predictor
  const size = rowsIn(background)
  const words = wordsOf(fields.length)
  const outputs = predictor.output.names.length
  const most = Math.max(1, Math.floor((predictor.batch ?? 8192) / size))

  const evaluateChunk = async (coalitions: Uint32Array, signal?: AbortSignal): Promise<Float64Array> => {
    const count = coalitions.length / words
    const columns = fields.map((_, f) => {
      const column = new Float64Array(count * size)
      const own = row[f]!
      for (let k = 0; k < count; k++) {
        const present = (coalitions[k * words + (f >> 5)]! >>> (f & 31)) & 1
        if (present) column.fill(own, k * size, (k + 1) * size)
        else column.set(background[f]!, k * size)
      }
      return column
    })
    const answers = await predictor.predict(columns, signal)
    return new Float64Array(count).map((_, k) => {
      let sum = 0
      for (let b = 0; b < size; b++) sum += answers[(k * size + b) * outputs + output]!
      return sum / size
    })
  }

  return {
    players: fields.map(field => field.name),
    async evaluate(coalitions, signal) {
      const values = new Float64Array(coalitions.length / words)
      for (let start = 0; start < values.length; start += most) {
        signal?.throwIfAborted()
        const end = Math.min(values.length, start + most)
        values.set(await evaluateChunk(coalitions.subarray(start * words, end * words), signal), start)
      }
      return values
    },
  }
}
