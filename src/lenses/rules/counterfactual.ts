import { InterplayError } from '../../errors/index.ts'
import type { Constraint } from '../counterfactuals.ts'
import type { Predictor } from '../predictor.ts'
import { leafBoxes, type LeafBox, type Side } from '../trees/index.ts'
import { answersOf, median } from './answers.ts'
import { conditionText, conditionOf, type RuleColumn } from './rule.ts'
import { sideOf } from './rule-list.ts'
import type { Surrogate } from './surrogate.ts'

export interface RuleChange {
  field: string
  /** In the column's own unit, or a code. */
  from: number
  to: number
  /** `Speed: 120 to 140.5` */
  text: string
}

export interface RuleCounterfactual {
  changes: RuleChange[]
  /** Sum over the changes of their size in median absolute deviations; another value counts 1. */
  distance: number
  /** The class of the leaf it moves to. */
  answer: string
  /** Whether the model itself answers so. */
  verified: boolean
  /** Whether no leaf of another answer is nearer. */
  nearest: boolean
}

export interface RuleCounterfactualOptions {
  /** Numbers in the column's own unit. */
  constraints?: readonly Constraint[]
  top?: number
  /** A number in the column's own unit as the predictor takes it. */
  fromUnit?(column: number, value: number): number
  /** The text of a cell in the column's own unit. */
  text?(column: number, value: number): string
  signal?: AbortSignal
}

/**
 * The smallest changes of a row that take it into a leaf of another answer: the row is projected onto the box of each such
 * leaf, and all projections are asked of the model itself. Those that it confirms come first, nearest first, then the others:
 * next to its own boundary a tree is often wrong about the model. Numbers move to the nearest cell seen beyond an end.
 *
 * @throws InterplayError `option/invalid` for a constraint on a field there is not
 */
export async function ruleCounterfactuals(
  { tree, top: seenColumns, seen, words, parts }: Surrogate,
  predictor: Predictor,
  row: Float64Array,
  own: ArrayLike<number>,
  options: RuleCounterfactualOptions & { output?: number; side: number },
): Promise<RuleCounterfactual[]> {
  const { constraints = [], top = 3, fromUnit, text, signal, side, output = 0 } = options
  for (const { field } of constraints)
    if (!predictor.fields.some(({ name }) => name === field))
      throw new InterplayError('option/invalid', `there is no field '${field}' to constrain`, { where: field })
  const scales = seen.map(column => scaleOf(column, parts.fit))
  const projected = leafBoxes(tree)
    .filter(({ leaf }) => sideOf(leaf.value, words) !== side)
    .flatMap(box => {
      const changes = projection(box, seen, own, constraints)
      if (!changes) return []
      const distance = changes.reduce((sum, { k, to }) => sum + costOf(seen[k]!, own[k]!, to, scales[k]!), 0)
      return [{ changes, distance, side: sideOf(box.leaf.value, words) }]
    })
    .sort((a, b) => a.distance - b.distance)
  if (projected.length === 0) return []
  const cells = predictor.fields.map((_, c) => new Float64Array(projected.length).fill(row[c]!))
  projected.forEach(({ changes }, i) => {
    for (const { k, to } of changes) {
      const column = seenColumns[k]!
      cells[column]![i] = seen[k]!.kind === 'numeric' ? (fromUnit?.(column, to) ?? to) : to
    }
  })
  const asked = answersOf(await predictor.predict(cells, signal), predictor.output, output)
  const found = projected.map(({ changes, distance, side: wanted }, i): RuleCounterfactual => ({
    changes: changes.map(({ k, to }) => {
      const say = (value: number) => text?.(seenColumns[k]!, value) ?? seen[k]!.word?.(value) ?? shown(value)
      const { name } = seen[k]!
      return { field: name, from: own[k]!, to, text: `${name}: ${say(own[k]!)} to ${say(to)}` }
    }),
    distance,
    answer: words.classes[wanted]!,
    verified: (words.kind === 'value' ? Number(asked.values[i]! > words.middle) : asked.sides[i]) === wanted,
    nearest: i === 0,
  }))
  return [...found.filter(each => each.verified), ...found.filter(each => !each.verified)].slice(0, top)
}

const shown = (value: number): string => String(Number(value.toPrecision(4)))

/** The nearest point of a box; undefined where a constraint forbids it. */
function projection(
  { sides }: LeafBox,
  seen: readonly RuleColumn[],
  own: ArrayLike<number>,
  constraints: readonly Constraint[],
): { k: number; to: number }[] | undefined {
  const changes: { k: number; to: number }[] = []
  for (const [k, side] of sides) {
    const to = nearest(side, own[k]!, seen[k]!)
    if (to === own[k]) continue
    if (to === undefined) return undefined
    const rules = constraints.filter(({ field }) => field === seen[k]!.name)
    if (rules.some(rule => forbids(rule, own[k]!, to))) return undefined
    changes.push({ k, to })
  }
  return changes
}

function nearest(side: Side, cell: number, { cells }: RuleColumn): number | undefined {
  if (side.kind === 'number') {
    if (side.above && cell <= side.above.cut) return side.above.reach
    if (side.atMost && cell > side.atMost.cut) return side.atMost.reach
    return cell
  }
  if (side.is !== undefined) return side.is
  return side.not.includes(cell) ? commonest(cells, side.not) : cell
}

function commonest(cells: Float64Array, without: readonly number[]): number | undefined {
  const counts = new Map<number, number>()
  for (const cell of cells) if (!without.includes(cell)) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0]
}

function forbids({ immutable, only, range }: Constraint, from: number, to: number): boolean {
  if (immutable || (only === 'up' && to < from) || (only === 'down' && to > from)) return true
  return range !== undefined && (to < range[0] || to > range[1])
}

const costOf = ({ kind }: RuleColumn, from: number, to: number, scale: number): number =>
  kind === 'numeric' ? Math.abs(to - from) / scale : 1

/** Median absolute deviation; where more than half of the cells are equal the mean one. */
function scaleOf({ cells, kind }: RuleColumn, rows: Int32Array): number {
  if (kind === 'categorical') return 1
  const own = Float64Array.from(rows, row => cells[row]!)
  const centre = median(own)
  const away = own.map(cell => Math.abs(cell - centre))
  return median(away) || away.reduce((sum, each) => sum + each, 0) / away.length || 1
}

/** What the tree asks of a row on its way to the leaf, one condition a column. */
export function pathOf({ tree, seen }: Surrogate, own: ArrayLike<number>): string[] {
  const box = leafBoxes(tree).find(({ sides }) =>
    [...sides].every(([k, side]) => nearest(side, own[k]!, seen[k]!) === own[k]!),
  )!
  return [...box.sides].map(([k, side]) => conditionText(conditionOf(seen[k]!, side)))
}
