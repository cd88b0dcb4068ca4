import { candidateChart, methodMap, toCsv, type ChartSpec, type MethodCell, type Table } from '../../../charts/index.ts'
import type { Metric } from '../../../metrics/index.ts'
import type { Candidate, KeptTexts, OwnView } from '../../../system/index.ts'
import { pairNames, type Crosses } from '../shared/crosses/index.ts'
import { methods, weightsOf, type Method, type Methods } from './methods.ts'
import type { SearchedMethods } from './search.ts'

/** `arch.json`: what became of every pair, and what the search thought of it. */
export interface Architecture {
  schema: 'interplay.architecture/1'
  /** Hash of the crosses that were counted. */
  vocabulary: string
  trainingRows: number
  fields: string[]
  pairs: ArchitecturePair[]
}

interface ArchitecturePair {
  fields: [string, string]
  method: Method
  /** Of the search, by method; null where none was made. */
  alpha: number[] | null
  /** softmax(alpha): memorise, factorise, naive. */
  weights: number[] | null
  /** Crosses seen often enough for a vector of their own. */
  crosses: number
  /** Share of the training rows whose cross is rare. */
  rareShare: number
}

export function architectureOf(
  all: Crosses,
  chosen: Methods,
  searched: SearchedMethods | undefined,
  trainingRows: number,
): Architecture {
  const { base, pairs, hash } = all
  const names = pairNames(
    base,
    pairs.map(({ pair }) => pair),
  )
  const weights = searched && weightsOf(searched.alpha, pairs.length)
  const alpha = (p: number) =>
    searched && Array.from(searched.alpha.subarray(p * methods.length, (p + 1) * methods.length))
  return {
    schema: 'interplay.architecture/1',
    vocabulary: hash,
    trainingRows,
    fields: base.fields.filter(({ type }) => type === 'categorical').map(({ name }) => name),
    pairs: pairs.map(({ seconds, rareRows }, p) => ({
      fields: names[p]!,
      method: chosen[p]!,
      alpha: alpha(p) ?? null,
      weights: weights?.[p] ?? null,
      crosses: seconds.length,
      rareShare: rareRows / trainingRows,
    })),
  }
}

/** `arch.json`, and the same as a table. */
export function interactionFiles(architecture: Architecture): Record<string, string> {
  const columns: Table['columns'] = [
    { title: 'first', format: 'field' },
    { title: 'second', format: 'field' },
    { title: 'method', format: 'text' },
    ...methods.map(title => ({ title, format: 'number' as const })),
    { title: 'crosses', format: 'count' },
    { title: 'rare share', format: 'share' },
  ]
  const rows = architecture.pairs.map(({ fields, method, weights, crosses, rareShare }) => [
    ...fields,
    method,
    ...(weights ?? methods.map(() => null)),
    crosses,
    rareShare,
  ])
  return {
    'arch.json': `${JSON.stringify(architecture, null, 1)}\n`,
    'pairs.csv': toCsv({ columns, rows }),
  }
}

/** What each candidate costs against how it validates; the map of methods is the view. */
export const interactionFigures = (candidates: readonly Candidate[], metric: Metric): ChartSpec[] =>
  candidates.length > 1 ? [candidateChart(candidates, metric)] : []

/** The map of methods of a run, from its `arch.json`. */
export async function methodView(kept: KeptTexts): Promise<OwnView> {
  const { fields, pairs, trainingRows } = JSON.parse(await kept('arch.json')) as Architecture
  const cells = pairs.map(({ fields: set, method, weights, crosses, rareShare }): MethodCell => ({
    set,
    method,
    weight: weights?.[methods.indexOf(method)] ?? 1,
    crosses,
    rareShare,
  }))
  const searched = pairs.some(({ weights }) => weights !== null)
  return {
    weight: 'weight of a method',
    pairs: pairs.map(({ fields: set, method, weights }) => ({
      set,
      value: method === 'naive' ? 0 : weights ? 1 - weights[methods.indexOf('naive')]! : 1,
    })),
    figures: [methodMap({ fields, cells, rows: trainingRows })],
    notes: [
      searched
        ? 'weight of a method: softmax of alpha for memorising and factorising together, 0 for a pair left out; what the search preferred, not what the answer depends on'
        : 'no search was made: a pair that interacts has weight 1, one left out 0',
    ],
  }
}
