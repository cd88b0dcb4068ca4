import { formatShare } from '../../../charts/format.ts'
import type { CodedTable } from '../../../data/index.ts'
import { valueOf } from './counts.ts'
import type { ScoredSet } from './rank.ts'
import { informations, type Scored, type ScoreContext } from './score.ts'

export interface FlagContext {
  table: CodedTable
  scored: readonly ScoredSet[]
  scoring: ScoreContext
  /** Rows of the set without a value. */
  missing: number
  /** Name of the field that it repeats. */
  same?: string
}

/** A field that tells so much of the target is asked about: is it known when a prediction is wanted? */
const leakShare = 0.95
const mostlyMissing = 0.5
const oftenAlone = 0.1

/** What to know of a field beside its gain: the alarms of its data. Of a set: whether its fields act together. */
export function flagsOf(set: ScoredSet, { table, scored, scoring, missing, same }: FlagContext): string[] {
  if (set.fields.length > 1) return togetherFlags(set, table, scored)
  const { flags } = table.fields[set.fields[0]!]!
  const once = 1 - set.counts.values.reduce((sum, [rows, times]) => sum + rows * times, 0) / scoring.rows
  const told = informations(set.counts, scoring)[0]!
  return [
    ...flags.map(flag => (flag === 'all-null' ? 'no value' : flag)),
    ...(same === undefined ? [] : [`copy of ${same}`]),
    ...(told >= leakShare * scoring.classEntropy && set.noise !== undefined && aboveNoise(set) ? ['leak?'] : []),
    ...(missing > mostlyMissing * scoring.rows && !flags.includes('all-null') ? ['mostly missing'] : []),
    ...(once > oftenAlone && !flags.includes('id-like') ? [`${formatShare(once)} seen once`] : []),
  ]
}

export const aboveNoise = ({ gain, noise = 0 }: Pick<Scored, 'gain' | 'noise'>): boolean => gain > noise

/** The set against the best its parts reach: the sum over a part and the fields left, and its best single part. */
function togetherFlags(set: ScoredSet, table: CodedTable, scored: readonly ScoredSet[]): string[] {
  const { fields, gain, noise = 0 } = set
  if (!aboveNoise(set)) return []
  const of = (wanted: readonly number[]) => scored.find(other => other.fields.join() === wanted.join())
  const alone = (f: number) => Math.max(of([f])!.gain, 0)
  const singles = fields.reduce((sum, f) => sum + alone(f), 0)
  const parts = fields.length === 2 ? [] : fields.map(left => ({ left, pair: of(fields.filter(f => f !== left)) }))
  const sums = parts.flatMap(({ left, pair }) => (pair ? [pair.gain + alone(left)] : []))
  if (gain - Math.max(singles, ...sums) > noise) return ['acts together']
  const best = [...fields.map(f => of([f])!), ...parts.flatMap(({ pair }) => pair ?? [])].sort(
    (a, b) => b.gain - a.gain,
  )[0]!
  return gain - best.gain <= noise ? [`adds nothing to ${best.fields.map(f => table.fields[f]!.name).join(' × ')}`] : []
}

/** Fields that part the rows exactly as an earlier one does, with its name. */
export async function copies(table: CodedTable, singles: readonly ScoredSet[]): Promise<Map<number, string>> {
  const seen = new Map<string, number[]>()
  const found = new Map<number, string>()
  for (const [f, { counts }] of singles.entries()) {
    if (counts.distinct < 2 || counts.values.length === 0) continue
    const key = JSON.stringify([counts.distinct, counts.values, counts.cells])
    for (const other of seen.get(key) ?? []) {
      const both = valueOf([table.fields[other]!.column, table.fields[f]!.column])
      const { distinct } = await table.database.one<{ distinct: number }>(
        `SELECT count(*) AS distinct FROM (SELECT DISTINCT ${both} FROM ${table.relation})`,
      )
      if (distinct !== counts.distinct) continue
      found.set(f, table.fields[other]!.name)
      break
    }
    if (!found.has(f)) seen.set(key, [...(seen.get(key) ?? []), f])
  }
  return found
}
