import { InterplayError } from '../errors/index.ts'
import { rowsIn } from './columns.ts'
import { commonest, quantiles } from './partial/curves.ts'
import type { Columns, Predictor } from './predictor.ts'

/** What may change of one field; anything where nothing is said. */
export interface Constraint {
  field: string
  immutable?: boolean
  /** Numeric: only up, or only down. */
  only?: 'up' | 'down'
  /** Numeric: least and greatest value as the predictor takes it, either may be infinite. */
  range?: readonly [number, number]
}

export interface CounterfactualOptions {
  /** The answer to get past; 0 log-odds by default. */
  threshold?: number
  /** Fields changed at most. */
  changes?: number
  /** Values tried for each field. */
  points?: number
  constraints?: readonly Constraint[]
  /** How many to find, of different sets of fields. */
  top?: number
  output?: number
  signal?: AbortSignal
}

export interface Change {
  field: string
  from: number
  to: number
}

export interface Counterfactual {
  changes: Change[]
  answer: number
  /** Sum over the changes: share of the rows between the two values; of a category, the share of rows with another value. */
  distance: number
}

interface Candidate {
  cells: Float64Array
  changed: readonly number[]
  answer: number
  distance: number
}

const beam = 24

/**
 * What would have to be otherwise for the answer to fall on the other side of the threshold: fewest fields first, then the
 * smallest changes, values taken from those the data have. Single changes are all tried; larger sets
 * grow from the most promising smaller ones, so that a smaller set of two or more may be missed.
 *
 * @throws InterplayError `option/invalid` for a constraint on a field there is not, a range or a way of a categorical one
 */
export async function counterfactuals(
  predictor: Predictor,
  row: ArrayLike<number>,
  columns: Columns,
  options: CounterfactualOptions = {},
): Promise<{ found: Counterfactual[]; answer: number; predictions: number }> {
  const { threshold = 0, changes = 3, points = 15, constraints = [], top = 5, output = 0, signal } = options
  const { fields } = predictor
  const outputs = predictor.output.names.length
  let predictions = 0
  const ask = async (cells: readonly Float64Array[]): Promise<number[]> => {
    const answers: number[] = []
    const size = predictor.batch ?? 8192
    for (let start = 0; start < cells.length; start += size) {
      signal?.throwIfAborted()
      const part = cells.slice(start, start + size)
      const asked = fields.map((_, f) => Float64Array.from(part, each => each[f]!))
      const given = await predictor.predict(asked, signal)
      part.forEach((_, r) => answers.push(given[r * outputs + output]!))
      predictions += part.length
    }
    return answers
  }
  for (const constraint of constraints) checkConstraint(constraint, fields)
  const moves = fields.map((field, f) => movesOf(field, row[f]!, columns[f]!, points, constraints))

  const start = Float64Array.from(fields, (_, f) => row[f]!)
  const [answer] = (await ask([start])) as [number]
  const wanted = answer >= threshold ? -1 : 1
  const crosses = (value: number) => wanted * (value - threshold) > 0 || (wanted === 1 && value === threshold)
  const found: Candidate[] = []
  let open: Candidate[] = [{ cells: start, changed: [], answer, distance: 0 }]
  for (let size = 1; size <= changes && open.length > 0; size++) {
    const next = open.flatMap(({ cells, changed, distance }) =>
      fields.flatMap((_, f) =>
        changed.includes(f)
          ? []
          : moves[f]!.map(move => {
              const moved = cells.slice()
              moved[f] = move.to
              return {
                cells: moved,
                changed: [...changed, f].sort((a, b) => a - b),
                distance: distance + move.distance,
              }
            }),
      ),
    )
    const unique = [...new Map(next.map(each => [each.cells.join(), each])).values()]
    const answers = await ask(unique.map(({ cells }) => cells))
    const candidates = unique.map((each, k): Candidate => ({ ...each, answer: answers[k]! }))
    const within = (small: readonly number[], large: readonly number[]) => small.every(f => large.includes(f))
    const fresh = candidates.filter(
      each => crosses(each.answer) && !found.some(({ changed }) => within(changed, each.changed)),
    )
    const best = new Map<string, Candidate>()
    for (const each of fresh.sort((a, b) => a.distance - b.distance))
      if (!best.has(each.changed.join())) best.set(each.changed.join(), each)
    found.push(...best.values())
    if (found.length >= top) break
    open = candidates
      .filter(each => !crosses(each.answer))
      .sort((a, b) => wanted * (b.answer - a.answer) || a.distance - b.distance)
      .slice(0, beam)
  }
  const described = found.slice(0, top).map(({ cells, changed, answer: after, distance }): Counterfactual => ({
    changes: changed.map(f => ({ field: fields[f]!.name, from: start[f]!, to: cells[f]! })),
    answer: after,
    distance,
  }))
  return { found: described, answer, predictions }
}

function checkConstraint({ field, only, range }: Constraint, fields: Predictor['fields']): void {
  const found = fields.find(({ name }) => name === field)
  if (!found) throw new InterplayError('option/invalid', `there is no field '${field}' to constrain`)
  if (found.type === 'categorical' && (only ?? range))
    throw new InterplayError(
      'option/invalid',
      `'${field}' has values that are in no order, so it has no range or way`,
      {
        try: `--set immutable=[${field}]`,
      },
    )
}

/** The values a field may take instead of its own, with how far each is. */
function movesOf(
  { name, type }: Predictor['fields'][0],
  from: number,
  column: Float64Array,
  points: number,
  constraints: readonly Constraint[],
): { to: number; distance: number }[] {
  const own = constraints.filter(({ field }) => field === name)
  if (own.some(({ immutable }) => immutable)) return []
  const rows = rowsIn([column])
  if (type === 'categorical') {
    const share = (code: number) => 1 - column.reduce((count, each) => count + Number(each === code), 0) / rows
    return [...commonest(column, points)].filter(to => to !== from).map(to => ({ to, distance: share(to) }))
  }
  const allowed = (to: number) =>
    own.every(
      ({ only, range: [low, high] = [-Infinity, Infinity] }) =>
        to >= low && to <= high && !(only === 'up' && to < from) && !(only === 'down' && to > from),
    )
  const between = (to: number) =>
    column.reduce((count, each) => count + Number(each > Math.min(from, to) && each <= Math.max(from, to)), 0) / rows
  return [...quantiles(column, points)]
    .filter(to => to !== from && allowed(to))
    .map(to => ({ to, distance: between(to) }))
}
