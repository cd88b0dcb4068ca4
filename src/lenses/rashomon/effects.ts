import { Random } from '../../random/index.ts'
import { rowsIn } from '../columns.ts'
import type { Columns } from '../predictor.ts'
import type { Loss } from './loss.ts'
import type { MaskedModel } from './masked.ts'

export const shuffles = ['together', 'independent'] as const
/** Of a set, all columns by one permutation, or each by its own. They agree where fields are independent. */
export type Shuffle = (typeof shuffles)[number]

export interface EffectOptions {
  /** Permutations averaged over; `all` of them, of few rows, leave nothing to chance. */
  repeats: number | 'all'
  shuffle?: Shuffle
  seed: number
  signal?: AbortSignal
}

/** Rises of the loss of one model when columns are shuffled; every set sees the same permutations. */
export class PermutationEffects {
  private readonly tables: Int32Array[][]

  constructor(
    private readonly model: MaskedModel,
    private readonly columns: Columns,
    private readonly loss: Loss,
    private readonly options: EffectOptions,
  ) {
    const { repeats, shuffle = 'together', seed } = options
    const rows = rowsIn(columns)
    if (repeats === 'all') {
      this.tables = permutationsOf(rows).map(one => columns.map(() => one))
      return
    }
    const drawn = (stream: number, repeat: number) =>
      new Random(seed, 'shuffle', stream * repeats + repeat).permutation(rows)
    this.tables = Array.from({ length: repeats }, (_, b) => {
      if (shuffle === 'independent') return columns.map((_, f) => drawn(f, b))
      const one = drawn(0, b)
      return columns.map(() => one)
    })
  }

  /** phi_I (paper equation 2): the mean loss with the columns of `set` shuffled, less `base`. */
  async of(set: readonly number[], mask: ArrayLike<number>, base: number): Promise<number> {
    let sum = 0
    for (const table of this.tables) {
      this.options.signal?.throwIfAborted()
      const shuffled = this.columns.map((column, f) =>
        set.includes(f) ? Float64Array.from(table[f]!, row => column[row]!) : column,
      )
      sum += this.loss(await this.model.predict(shuffled, mask, this.options.signal))
    }
    return sum / this.tables.length - base
  }

  /** FIS_I (equation 3): phi of the set, less those of its members. */
  async interaction(
    set: readonly number[],
    mask: ArrayLike<number>,
    base: number,
    own?: (field: number) => number,
  ): Promise<{ joint: number; mains: number[]; fis: number }> {
    const joint = await this.of(set, mask, base)
    const mains: number[] = []
    for (const f of set) mains.push(own ? own(f) : await this.of([f], mask, base))
    return { joint, mains, fis: mains.reduce((left, main) => left - main, joint) }
  }
}

function permutationsOf(rows: number): Int32Array[] {
  if (rows === 0) return [new Int32Array()]
  return permutationsOf(rows - 1).flatMap(order =>
    Array.from({ length: rows }, (_, place) =>
      Int32Array.of(...order.slice(0, place), rows - 1, ...order.slice(place)),
    ),
  )
}
