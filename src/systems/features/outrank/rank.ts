import { codeTable, type CodedTable, type TableSource } from '../../../data/index.ts'
import type { Ranked, Ranking, RunContext } from '../../../system/index.ts'
import { classCounts, count, countShifted, missingRows, type Counts } from './counts.ts'
import { aboveNoise, copies, flagsOf } from './flags.ts'
import { entropy } from './histogram.ts'
import type { OutrankOptions } from './options.ts'
import { relevanceOrder } from './redundancy.ts'
import { scoreOf, type Scored, type ScoreContext } from './score.ts'
import { choose, combinations } from './sets.ts'

/** A set of fields as it was counted and scored. */
export interface ScoredSet extends Scored {
  /** Indices of the fields. */
  fields: readonly number[]
  counts: Counts
}

/**
 * Ranks fields and sets of fields by what they tell of the target beyond what chance tells with as many values; those
 * told from noise stand before those that are not, whose gains may be large by chance. All
 * counting is SQL over the rows; numbers of sets, not of rows, come back.
 * @throws InterplayError as `codeTable`
 */
export async function rank(source: TableSource, options: OutrankOptions, context: RunContext): Promise<Ranking> {
  const { seed, threads, signal } = context
  const shift = options.control === 'shift' && options.controls > 0
  await using table = await codeTable(source, {
    ...options,
    seed,
    threads,
    signal,
    copies: shift ? 0 : options.controls,
  })
  const singles = table.fields.map((_, f) => [f])
  const joint = combinations(table.fields.length, options.order, options.combinations, seed)
  const sets = [...singles, ...joint]
  const columns = sets.map(set => set.map(f => table.fields[f]!.column))
  const scoring: ScoreContext = {
    ...options,
    rows: table.rows,
    classEntropy: entropy(await classCounts(table), table.rows),
    classes: table.target.classes,
    sets: sets.length,
  }
  const scored: ScoredSet[] = []
  for (const [s, fields] of sets.entries()) {
    const counts = await (shift ? countShifted : count)(table, columns[s]!)
    const score = shift ? scoreShifted(counts, scoring, table.target.classes) : scoreOf(counts, scoring)
    scored.push({ fields, counts, ...score })
    context.progress({ stage: 'set', done: s + 1, total: sets.length })
  }
  const missing = await missingRows(table, columns)
  const same = await copies(table, scored.slice(0, singles.length))
  const results = scored.map((set, s): Ranked & { fields: readonly number[] } => {
    const field = set.fields.length === 1 ? table.fields[set.fields[0]!]! : undefined
    const absent = missing[s]! > 0 ? 1 : 0
    return {
      set: set.fields.map(f => table.fields[f]!.name),
      fields: set.fields,
      gain: set.gain,
      ...(set.noise === undefined ? {} : { noise: set.noise }),
      values: field ? Math.max(field.binned ? field.distinct : set.counts.distinct - absent, 0) : set.counts.distinct,
      missing: missing[s]! / table.rows,
      flags: flagsOf(set, { table, scored, scoring, missing: missing[s]!, same: same.get(s) }),
    }
  })
  const sorted = results.sort((a, b) => Number(aboveNoise(b)) - Number(aboveNoise(a)) || b.gain - a.gain)
  const ordered = options.sort === '3mr' ? await relevanceOrder(table, sorted, scored, options, context) : sorted
  return {
    results: ordered.map(({ fields: _, ...result }) => result),
    rows: table.rows,
    inputs: table.inputs,
    warnings: [...table.warnings, ...leftOut(table, joint.length, options)],
    notes: notesOf(table, options),
  }
}

/** With the authors' control a field that is the target in other words is not corrected, as they have it. */
function scoreShifted(counts: Counts, scoring: ScoreContext, classes: number): Scored {
  const [own, control] = counts.cells
  const itself = counts.distinct === classes && JSON.stringify(own) === JSON.stringify(counts.values)
  return scoreOf({ ...counts, cells: itself ? [own!] : [own!, control!] }, scoring)
}

function leftOut({ fields }: CodedTable, tried: number, { order }: OutrankOptions): NonNullable<Ranking['warnings']> {
  const all = [2, 3].filter(size => size <= order).reduce((sum, size) => sum + choose(fields.length, size), 0)
  if (all <= tried) return []
  const message = `${tried.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} sets of ${order === 2 ? 'two' : 'two or three'} fields were tried, drawn at random`
  return [{ code: 'rank/combinations', message, try: `--set combinations=${all}` }]
}

function notesOf({ rows, total, split, notes }: CodedTable, { rowOrder, rows: taken }: OutrankOptions): string[] {
  const count = `${rows.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} rows`
  return [
    ...notes,
    ...(rows < total
      ? [`ranked on ${count}${taken === 'train' ? `: those that fit trains on with split ${split}` : ''}`]
      : []),
    ...(rowOrder === 'file' ? ['rows stand in the order of the file: where that is sorted, gains are too small'] : []),
  ]
}
