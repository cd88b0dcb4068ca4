import { InterplayError } from '../../errors/index.ts'
import type { Database } from './database.ts'
import { givenColumn, rowColumn } from './readers/source.ts'
import type { FieldSchema } from './schema.ts'
import { identifier, literal } from './sql.ts'

/** How rows are divided: 7:1:2 at random, in order of a field, by whole keys; or as a field says. */
export type Split = { kind: 'random' } | { kind: 'time' | 'key' | 'given'; field: string }

export const splitNames = ['train', 'valid', 'test'] as const
export type SplitName = (typeof splitNames)[number]

/** Shares of training and validation rows; the rest is for the test. */
const shares = [0.7, 0.1] as const

/**
 * `random`, `time:F`, `key:F` or `given:F`.
 * @throws InterplayError `option/invalid`
 */
export function parseSplit(text: string): Split {
  if (text === 'random') return { kind: 'random' }
  const found = /^(time|key|given):(.+)$/.exec(text)
  if (!found) {
    throw new InterplayError('option/invalid', `--split must be random, time:F, key:F or given:F, got '${text}'`)
  }
  return { kind: found[1] as 'time' | 'key' | 'given', field: found[2]! }
}

/** The splitmix32 finaliser, as `Random` seeds itself; `mixSql` is the same in SQL. */
function mix(word: number): number {
  let h = word | 0
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return (h ^ (h >>> 15)) >>> 0
}

/** Uniform 32-bit hash of (seed, row), the same on every machine and for any number of threads. */
export function splitHash(seed: number, row: number): number {
  return mix(base(seed) + row)
}

/** The hashes at which the training rows, and then the validation rows, end. */
const cuts = shares.map((_, k) => Math.floor(shares.slice(0, k + 1).reduce((sum, share) => sum + share, 0) * 2 ** 32))

/** Split of a row under `random`: 0 train, 1 valid, 2 test. Rows count from 1. */
export function randomSplit(seed: number, row: number): 0 | 1 | 2 {
  const hash = splitHash(seed, row)
  return hash < cuts[0]! ? 0 : hash < cuts[1]! ? 1 : 2
}

/** @throws InterplayError `data/split` where no rows are left to train or to validate on */
export function refuseEmptySplits(table: string, counts: Record<SplitName, number>): void {
  const total = counts.train + counts.valid + counts.test
  for (const name of ['train', 'valid'] as const) {
    if (counts[name] > 0) continue
    throw new InterplayError(
      'data/split',
      `'${table}' leaves no ${name === 'train' ? 'training' : 'validation'} rows: the split has ${total} to part`,
      {
        try: '--split given:FIELD',
      },
    )
  }
}

const base = (seed: number) => mix(mix((seed | 0) + 0x9e3779b9) ^ Math.floor(seed / 0x100000000))

/** `splitHash` of a row-number expression. */
export function splitHashSql(seed: number, row: string): string {
  const shift = (h: string, by: number) => `xor(${h}, ${h} >> ${by})`
  const times = (h: string, factor: number) => `((${h}) * ${factor}::UBIGINT & 4294967295::UBIGINT)`
  const word = `((${row})::UBIGINT + ${base(seed)}::UBIGINT & 4294967295::UBIGINT)`
  return shift(times(shift(times(shift(word, 16), 0x21f0aaad), 15), 0x735a2d97), 15)
}

/**
 * SQL that gives a row of `relation` its split: 0 train, 1 valid, 2 test, or NULL where the row takes part in none.
 * @throws InterplayError `data/unknown-field` comes from the caller; `data/split` when a given split has other names
 */
export async function splitExpression(
  database: Database,
  relation: string,
  split: Split,
  field: FieldSchema | undefined,
  seed: number,
): Promise<string> {
  if (split.kind === 'random') return cut(splitHashSql(seed, identifier(rowColumn)), cuts)
  const name = identifier(split.field)
  if (split.kind === 'key') {
    const text = `${literal(`${seed}:`)} || coalesce(CAST(${name} AS VARCHAR), '')`
    return cut(`(md5_number_lower(${text}) & 4294967295)::UBIGINT`, cuts)
  }
  if (split.kind === 'time') {
    const ordered = field?.storage.kind === 'timestamp' || field?.storage.kind === 'number'
    if (!ordered) {
      throw new InterplayError(
        'option/invalid',
        `--split time:${split.field} needs a field of times or numbers; '${split.field}' is ${field?.type}`,
      )
    }
    const { first, second } = await database.one<{ first: number; second: number }>(
      `SELECT quantile_disc(${order(name, field)}, 0.7) AS first, quantile_disc(${order(name, field)}, 0.8) AS second FROM ${relation}`,
    )
    const time = order(name, field)
    return `CASE WHEN ${time} IS NULL OR ${time} <= '${first}'::DOUBLE THEN 0 WHEN ${time} <= '${second}'::DOUBLE THEN 1 ELSE 2 END`
  }
  const text = `lower(CAST(${name} AS VARCHAR))`
  const names = await database.select<{ value: string | null }>(
    `SELECT DISTINCT ${text} AS value FROM ${relation} ORDER BY 1`,
  )
  const stranger = names.find(({ value }) => value === null || !Object.hasOwn(givenNames, value))
  if (stranger) {
    throw new InterplayError(
      'data/split',
      `'${split.field}' holds ${stranger.value === null ? 'empty cells' : `'${stranger.value}'`}; a given split says train, valid or test`,
    )
  }
  const cases = Object.entries(givenNames).map(([value, code]) => `WHEN ${literal(value)} THEN ${code}`)
  return `CASE ${text} ${cases.join(' ')} END`
}

const givenNames: Record<string, number> = { train: 0, training: 0, valid: 1, validation: 1, val: 1, dev: 1, test: 2 }

const order = (name: string, field: FieldSchema) => (field.storage.kind === 'timestamp' ? `epoch(${name})` : name)

const cut = (hash: string, cuts: number[]) =>
  `CASE WHEN ${hash} < ${cuts[0]} THEN 0 WHEN ${hash} < ${cuts[1]} THEN 1 ELSE 2 END`

/** The files' own split; without a validation file a share of the training rows becomes one. */
export function givenSplit(seed: number, files: readonly number[], validShare: number): string {
  if (files.includes(1)) return identifier(givenColumn)
  return `CASE WHEN ${identifier(givenColumn)} = 0 AND ${splitHashSql(seed, identifier(rowColumn))} < ${Math.round(validShare * 2 ** 32)} THEN 1 ELSE ${identifier(givenColumn)} END`
}
