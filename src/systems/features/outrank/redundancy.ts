import type { CodedTable } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import type { Ranked, RunContext } from '../../../system/index.ts'
import { valueOf } from './counts.ts'
import { aboveNoise } from './flags.ts'
import { logSum } from './histogram.ts'
import type { OutrankOptions } from './options.ts'
import type { ScoredSet } from './rank.ts'

type Placed = Ranked & { fields: readonly number[] }

/**
 * Max relevance, min redundancy, max relation (3MR): from the most relevant field on, the next is that of the greatest
 * relevance - alpha median redundancy + beta median relation over the fields before it, each normalised to [0, 1] over
 * all fields or pairs. Redundancy is the corrected mutual information of two fields, relation the gain of the pair, 0
 * where it was not counted. Fields within noise, and sets of several, keep their order behind.
 */
export async function relevanceOrder<Result extends Placed>(
  table: CodedTable,
  sorted: readonly Result[],
  scored: readonly ScoredSet[],
  { redundancy: alpha, relation: beta }: Pick<OutrankOptions, 'redundancy' | 'relation'>,
  { seed, progress }: Pick<RunContext, 'seed' | 'progress'>,
): Promise<Result[]> {
  const relevant = sorted.filter(result => result.fields.length === 1 && aboveNoise(result))
  if (relevant.length < 3) return [...sorted]
  const fields = relevant.map(({ fields }) => fields[0]!)
  const pairs = fields.flatMap((f, i) => fields.slice(i + 1).map(g => [f, g] as const))
  const common = await commonTo(table, fields, pairs, seed, done =>
    progress({ stage: 'redundancy', done, total: pairs.length }),
  )
  const joint = pairs.map(
    ([f, g]) => scored.find(set => set.fields.join() === [f, g].sort((a, b) => a - b).join())?.gain,
  )
  const relevance = scaled(relevant.map(({ gain }) => gain))
  const redundancy = byPair(pairs, scaled(common))
  const relation = byPair(pairs, joint.every(gain => gain === undefined) ? [] : scaled(joint.map(gain => gain ?? 0)))
  const chosen = [fields[0]!]
  while (chosen.length < fields.length) {
    const worth = (f: number) =>
      relevance[fields.indexOf(f)]! -
      alpha * median(chosen.map(g => redundancy(f, g))) +
      beta * median(chosen.map(g => relation(f, g)))
    const left = fields.filter(f => !chosen.includes(f))
    chosen.push(left.reduce((best, f) => (worth(f) > worth(best) ? f : best)))
  }
  const first = chosen.map(f => relevant[fields.indexOf(f)]!)
  return [...first, ...sorted.filter(result => !first.includes(result))]
}

/** Corrected mutual information of pairs of fields, in nats: what they share less what one shares with the other moved. */
async function commonTo(
  { database, relation, rows, fields: all }: CodedTable,
  fields: readonly number[],
  pairs: readonly (readonly [number, number])[],
  seed: number,
  progress: (done: number) => void,
): Promise<number[]> {
  const by = 1 + new Random(seed, 'outrank.redundancy').integer(rows - 1)
  const own = fields.map(f => all[f]!.column)
  await database.run(
    `CREATE TABLE moved AS SELECT ${own.map(column => `here.${column}, there.${column} AS moved_${column}`).join(', ')}
      FROM ${relation} AS here JOIN ${relation} AS there ON there.position = (here.position + ${by}) % ${rows}`,
  )
  const logs = async (columns: readonly string[]) => {
    const found = await database.select<{ rows: number; times: number }>(
      `SELECT rows, count(*) AS times FROM (SELECT count(*) AS rows FROM moved GROUP BY ${valueOf(columns)})
        WHERE rows > 1 GROUP BY 1 ORDER BY 1`,
    )
    return logSum(found.map(({ rows, times }) => [rows, times] as const))
  }
  const common: number[] = []
  for (const [f, g] of pairs) {
    const [one, other] = [all[f]!.column, all[g]!.column]
    common.push(((await logs([one, other])) - (await logs([one, `moved_${other}`]))) / rows)
    progress(common.length)
  }
  await database.run('DROP TABLE moved')
  return common
}

function byPair(pairs: readonly (readonly [number, number])[], values: readonly number[]) {
  const known = new Map(pairs.flatMap(([f, g], k) => [`${f},${g}`, `${g},${f}`].map(key => [key, values[k] ?? 0])))
  return (f: number, g: number): number => known.get(`${f},${g}`)!
}

function scaled(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return values.map(value => (high > low ? (value - low) / (high - low) : 0))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
