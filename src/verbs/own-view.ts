import { agreementChart, agreementFinding, type AgreementInput, type ChartSpec } from '../charts/index.ts'
import type { EncodedTable } from '../data/index.ts'
import { gather } from '../lenses/index.ts'
import { rankCorrelation } from '../metrics/index.ts'
import { Random } from '../random/index.ts'
import type { OwnView } from '../system/index.ts'

/** Rows that a view is taken of, at most. */
const viewedRows = 1024

/** Some rows of a table, drawn by the seed. */
export const viewedOf = (table: EncodedTable, seed: number): EncodedTable =>
  table.rows <= viewedRows
    ? table
    : gather(table, new Random(seed, 'viewed').permutation(table.rows).slice(0, viewedRows))

/** What an ablation of pairs says, by which a view is judged. */
export interface Ablation {
  /** `non-additivity`. */
  name: string
  pairs: readonly { set: readonly string[]; value: number }[]
  units: string
  rows: number
}

/** A view beside the ablation of the same pairs: the chart that sets them against each other comes first. */
export function besideAblation(view: OwnView, ablation: Ablation): { figures: ChartSpec[]; finding?: string } {
  const measured = new Map(ablation.pairs.map(({ set, value }) => [keyOf(set), Math.abs(value)]))
  const pairs = view.pairs.flatMap(({ set, value }) => {
    const own = measured.get(keyOf(set))
    return own === undefined ? [] : [{ set, weight: value, ablation: own }]
  })
  if (pairs.length === 0) return { figures: [...view.figures] }
  const input: AgreementInput = {
    pairs,
    weight: view.weight,
    ablation: ablation.name,
    units: ablation.units,
    rows: ablation.rows,
    correlation: rankCorrelation(
      pairs.map(pair => pair.weight),
      pairs.map(pair => pair.ablation),
    ),
  }
  return { figures: [agreementChart(input), ...view.figures], finding: agreementFinding(input) }
}

const keyOf = (set: readonly string[]): string => JSON.stringify([...set].sort())
