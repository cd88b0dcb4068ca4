import { formatCount } from '../../../../charts/format.ts'
import type { EncodedTable } from '../../../../data/index.ts'
import { InterplayError } from '../../../../errors/index.ts'
import { fieldsOf, stacked, type FieldSpec, type TableSpec } from '../../../../nn/index.ts'
import { sha256 } from '../../../../train/index.ts'
import { pairNames, type Pair } from './pairs.ts'

/** Which values of two categorical fields, seen together, are one feature: a cross. */
export interface PairVocabulary {
  readonly pair: Pair
  /** [values of the first field + 1] where the crosses of each of its values begin; the last entry is their number. */
  readonly starts: Int32Array
  /** [crosses] the local id of the second field, rising for each value of the first. */
  readonly seconds: Int32Array
  /** [crosses] training rows that have it. */
  readonly counts: Int32Array
  /** Training rows whose cross, kept or not, is seen in fewer than `rareCount` of them. */
  readonly rareRows: number
}

/** A cross seen less often is rare: a vector of its own remembers its rows. */
export const rareCount = 5

/** Rows of a pair's table: padding, a row a cross, and the pair's own unknown. */
export const rowsOf = ({ seconds }: Pick<PairVocabulary, 'seconds'>): number => seconds.length + 2

/** The crosses of some pairs of a table's fields. */
export interface Crosses {
  /** Of the table without crosses. */
  readonly base: TableSpec
  /** Of the table with a categorical field a pair behind its own. */
  readonly spec: TableSpec
  readonly pairs: readonly PairVocabulary[]
  /** Of all that decides which id a cross has. */
  readonly hash: string
}

export interface CrossLimits {
  /** A cross in fewer training rows is the pair's unknown one. */
  minCount: number
  /** Rows of all tables of crosses together. */
  maxRows: number
}

/** The most rows that tables of crosses can come to have, before anything is counted. */
export const mostCrossRows = (spec: TableSpec, pairs: readonly Pair[], rows: number, minCount: number): number => {
  const sizes = fieldsOf(spec, 'categorical').map(({ size }) => size)
  return pairs.reduce((sum, [i, j]) => sum + Math.min(sizes[i]! * sizes[j]!, Math.floor(rows / minCount)) + 2, 0)
}

/**
 * Counts the crosses of training rows and gives those an id that are seen often enough.
 * @throws InterplayError `data/too-many-values` where their tables would have more rows than allowed, with the largest pairs
 */
export function buildCrosses(
  train: EncodedTable,
  spec: TableSpec,
  pairs: readonly Pair[],
  { minCount, maxRows }: CrossLimits,
  onPair?: (done: number) => void,
): Crosses {
  const kept: PairVocabulary[] = []
  let total = 0
  const sizes = pairs.map((pair, p) => {
    const own = countPair(train, spec, pair, minCount)
    total += rowsOf(own)
    if (total <= maxRows) kept.push(own)
    else kept.length = 0
    onPair?.(p + 1)
    return rowsOf(own)
  })
  if (total > maxRows) refuse(spec, pairs, sizes, minCount, maxRows)
  return crossesOf(spec, kept)
}

/** The same crosses of some of the pairs only, by their places. */
export const someCrosses = ({ base, pairs }: Crosses, places: readonly number[]): Crosses =>
  crossesOf(
    base,
    places.map(place => pairs[place]!),
  )

export function crossesOf(base: TableSpec, pairs: readonly PairVocabulary[]): Crosses {
  const names = pairNames(
    base,
    pairs.map(({ pair }) => pair),
  )
  const fields = pairs.map((own, p): FieldSpec => ({
    name: names[p]!.join(' × '),
    type: 'categorical',
    size: rowsOf(own),
  }))
  const known = fieldsOf(base, 'categorical').map(({ name, size }) => [name, size])
  const parts = pairs.map(({ pair, starts, seconds }) => [pair, sha256(bytesOf(starts)), sha256(bytesOf(seconds))])
  return {
    base,
    spec: { ...base, fields: [...base.fields, ...fields] },
    pairs,
    hash: sha256(JSON.stringify([known, parts])).slice(0, 16),
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array) =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)

/** The local id of two local ids together: 1 and up for a kept cross, the pair's unknown for any other. */
export function crossId({ starts, seconds }: PairVocabulary, first: number, second: number): number {
  let [low, high] = [starts[first]!, starts[first + 1]!]
  while (low < high) {
    const middle = (low + high) >> 1
    if (seconds[middle]! < second) low = middle + 1
    else high = middle
  }
  return low < starts[first + 1]! && seconds[low] === second ? low + 1 : seconds.length + 1
}

/** The local ids behind a cross's; undefined for padding and for the pair's unknown. */
export function crossedValues({ starts, seconds }: PairVocabulary, id: number): [number, number] | undefined {
  const place = id - 1
  if (place < 0 || place >= seconds.length) return undefined
  let [low, high] = [0, starts.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= place) low = middle
    else high = middle
  }
  return [low, seconds[place]!]
}

/** Crosses in order of both values, with those in fewer than `minCount` rows left out. */
function countPair(train: EncodedTable, spec: TableSpec, pair: Pair, minCount: number): PairVocabulary {
  const fields = fieldsOf(spec, 'categorical')
  const offsets = stacked(fields).starts
  const [width, [i, j]] = [fields.length, pair]
  const [firsts, others] = [fields[i]!.size, fields[j]!.size]
  const keys = new Float64Array(train.rows)
  for (let row = 0; row < train.rows; row++) {
    const first = train.categorical[row * width + i]! - offsets[i]!
    keys[row] = first * others + train.categorical[row * width + j]! - offsets[j]!
  }
  keys.sort()
  const starts = new Int32Array(firsts + 1)
  const seconds: number[] = []
  const counts: number[] = []
  let rareRows = 0
  for (let from = 0, to = 0; from < keys.length; from = to) {
    while (to < keys.length && keys[to] === keys[from]) to++
    const count = to - from
    if (count < rareCount) rareRows += count
    if (count < minCount) continue
    starts[Math.floor(keys[from]! / others) + 1]!++
    seconds.push(keys[from]! % others)
    counts.push(count)
  }
  for (let first = 0; first < firsts; first++) starts[first + 1]! += starts[first]!
  return { pair, starts, seconds: Int32Array.from(seconds), counts: Int32Array.from(counts), rareRows }
}

/** Pairs named in a refusal. */
const namedPairs = 3

function refuse(
  spec: TableSpec,
  pairs: readonly Pair[],
  sizes: readonly number[],
  minCount: number,
  maxRows: number,
): never {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const largest = pairNames(spec, pairs)
    .map((names, p) => ({ name: names.join(' × '), size: sizes[p]! }))
    .sort((a, b) => b.size - a.size)
    .slice(0, namedPairs)
  throw new InterplayError(
    'data/too-many-values',
    `the crosses of ${formatCount(pairs.length)} pairs need ${formatCount(total)} rows, ${formatCount(maxRows)} are allowed`,
    {
      where: `--set maxCrossRows=${maxRows}`,
      why: `largest: ${largest.map(({ name, size }) => `${name} ${formatCount(size)}`).join(', ')}`,
      try: `--set minCrossCount=${2 * minCount}`,
    },
  )
}
