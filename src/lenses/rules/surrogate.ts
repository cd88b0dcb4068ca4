import { InterplayError } from '../../errors/index.ts'
import { confusionMatrix, macroScore, proportionInterval, r2, type Estimate } from '../../metrics/index.ts'
import { Random } from '../../random/index.ts'
import { rowsIn, takeRows } from '../columns.ts'
import type { Labels } from '../pairs/index.ts'
import type { Columns, Predictor } from '../predictor.ts'
import {
  boostTrees,
  growForest,
  growTree,
  predictBoosted,
  predictForest,
  predictTree,
  treeRows,
  type TreeNode,
  type TreeRows,
  type TreeTargets,
} from '../trees/index.ts'
import { answersOf, type ModelAnswers } from './answers.ts'
import { madeRows } from './made-rows.ts'
import { rankColumns, rankingCost, stabilityOf, type ColumnRanking, type RankOptions } from './rank.ts'
import type { RuleColumn } from './rule.ts'
import { rulesOf, sideOf, type AnswerWords, type Rule, type RuleRows } from './rule-list.ts'

export const mimicked = ['labels', 'probabilities'] as const
export const companions = ['forest', 'extremely randomised', 'boosted'] as const
export type Companion = (typeof companions)[number]

export interface SurrogateOptions extends RankOptions {
  /** Columns that the surrogates see; as few as reach within a hundredth of the best by default. */
  top?: number
  leaves?: number
  /** What the tree learns: the classes a model calls, or their probabilities. */
  mimic?: (typeof mimicked)[number]
  /** Surrogates set beside the tree. */
  beside?: readonly Companion[]
  /** Trees of a forest, rounds of boosting. */
  trees?: number
  output?: number
  labels?: Labels
  /** What the classes are called, in the order of their labels. */
  classes?: readonly string[]
  /** Rows that columns are ranked on, at most. */
  rankedRows?: number
  /** Rows made for the trees to learn from, beside those given. */
  made?: number
  /** A cell in its own unit, where the predictor takes it otherwise. */
  toUnit?(column: number, cell: number): number
  /** The word of a code. */
  word?(column: number, code: number): string
}

/** How well a surrogate answers as the model does, on rows that neither it nor the choice of columns saw. */
export interface Fidelity {
  surrogate: 'tree' | Companion
  /** Share of rows on the model's side: its class; of numbers, its side of the middle. */
  agreement: Estimate
  /** The same as the mean of F1 over the classes. */
  macro: Estimate
  /** R2 of the probabilities, or of the numbers. */
  r2: Estimate
  /** Share of rows as labelled, where that is known. */
  truth?: Estimate
}

export interface Surrogate {
  ranking: ColumnRanking
  /** The columns that the surrogates see, best first. */
  top: number[]
  /** Jaccard of the top columns over resampled rows. */
  stability: number
  /** Score on the rows that chose k, by k. */
  elbow: { k: number; score: number }[]
  tree: TreeNode
  rules: Rule[]
  fidelity: Fidelity[]
  /** Agreement of always saying what the model says most. */
  majority: number
  /** Share of rows the model answers as labelled. */
  modelTruth?: Estimate
  words: AnswerWords
  /** The columns seen, in their own units, on all rows. */
  seen: RuleColumn[]
  answers: ModelAnswers
  parts: { fit: Int32Array; chosen: Int32Array; test: Int32Array }
  predictions: number
}

const sizes = [5, 10, 20, 30, 50, 100, 200]
/** Of the best score, what a smaller k may fall short. */
const near = 0.01
const leastRows = 30
const usualLeaves = 32
const usualMade = 2000

/** How many rows rank columns, by a budget of predictions. */
export function rankedRowsFor(
  columns: number,
  rows: number,
  { predictions = 2_500_000, ...options }: RankOptions & { predictions?: number },
): number {
  const each = rankingCost(columns, 1, options)
  return Math.min(Math.ceil(0.6 * rows), 300, Math.max(20, Math.floor((predictions - rows) / each)))
}

/**
 * A readable stand-in for a model of many columns: columns ranked by what they move, a small tree on the first of them that
 * answers as the model does, its rules, and how faithful it is (after Karim et al. 2023). Columns are ranked and trees grown
 * on three fifths of the rows and on rows made of them, how many columns is chosen on a fifth, and all that is told of fidelity
 * and rules is measured on the last fifth, as it is.
 *
 * @throws InterplayError `data/too-few-rows`, `data/target-constant` where the model answers all rows alike, `option/invalid`
 */
export async function surrogateOf(
  predictor: Predictor,
  columns: Columns,
  options: SurrogateOptions = {},
): Promise<Surrogate> {
  const {
    output = 0,
    seed = 1,
    leaves = usualLeaves,
    mimic = 'labels',
    trees,
    made = usualMade,
    signal,
    labels,
  } = options
  const rows = rowsIn(columns)
  checkRows(predictor, columns, options)
  const raw = await predictor.predict(columns, signal)
  const parts = partsOf(rows, seed)
  const answers = answersOf(raw, predictor.output, output, parts.fit)
  if (new Set(parts.fit.map(row => answers.sides[row]!)).size < 2)
    throw new InterplayError('data/target-constant', `'${predictor.name}' answers all rows alike`, {
      why: 'there is nothing for a rule to tell apart',
      try: 'rows on which its answers differ',
    })
  const ranked = parts.fit.slice(0, options.rankedRows ?? rankedRowsFor(columns.length, rows, options))
  const ranking = await rankColumns(predictor, takeRows(columns, ranked), options)
  const seenBy = (top: readonly number[]): RuleColumn[] => top.map(c => columnOf(predictor, columns, c, options))
  const grid = sizesFor(ranking.order.length, options.top)
  const seen = seenBy(ranking.order.slice(0, grid.at(-1)))
  const moved = ranking.order.slice(0, grid.at(-1))
  const more = await madeRows(predictor, columns, parts.fit, moved, { count: made, seed, signal })
  const additional = answersOf(more.raw, predictor.output, output, undefined, answers.middle)
  const inUnits = more.cells.map((cells, k) => ownCells(predictor, moved[k]!, cells, options))
  const learned = treeRows(
    cellsOf(seen, parts.fit).map((cells, k) => endToEnd(cells, inUnits[k]!)),
    seen.map(({ kind }) => kind),
  )
  const targets = joined(targetsOf(answers, parts.fit, mimic), targetsOf(additional, everyRow(made), mimic))
  const grow = { leaves, leastWeight: Math.max(1, Math.ceil(learned.rows / 100)) }
  const grown = grid.map(k => growTree(first(learned, k), targets, grow))
  const score = (tree: TreeNode) => scoreOf(answers, parts.chosen, predictTree(tree, cellsOf(seen, parts.chosen)))
  const elbow = grid.map((k, i) => ({ k, score: score(grown[i]!) }))
  const best = Math.max(...elbow.map(each => each.score))
  const chosen = elbow.findIndex(each => each.score >= best - near * Math.abs(best))
  const { k } = elbow[chosen]!
  const tree = grown[chosen]!
  const top = ranking.order.slice(0, k)

  const kept = seen.slice(0, k)
  const truth = labels && truthOf(labels, answers)
  const words = wordsOf(predictor, answers, options)
  const part = (which: Int32Array): RuleRows => ({
    columns: kept.map(column => ({ ...column, cells: Float64Array.from(which, row => column.cells[row]!) })),
    sides: which.map(row => answers.sides[row]!),
    truth: truth && which.map(row => truth[row]!),
  })
  const cells = cellsOf(kept, parts.test)
  const soft = joined(
    targetsOf(answers, parts.fit, 'probabilities'),
    targetsOf(additional, everyRow(made), 'probabilities'),
  )
  const predicted: [Fidelity['surrogate'], Float64Array][] = [['tree', predictTree(tree, cells)]]
  for (const name of options.beside ?? companions) {
    signal?.throwIfAborted()
    await new Promise(resolve => setImmediate(resolve))
    predicted.push([name, companion(name, first(learned, k), soft, answers, cells, { trees, seed })])
  }
  const test = part(parts.test)
  const learnedRows: RuleRows = {
    columns: kept.map((column, c) => ({ ...column, cells: learned.columns[c]! })),
    sides: Int32Array.from([...part(parts.fit).sides, ...additional.sides]),
  }
  return {
    ranking,
    top,
    stability: stabilityOf(ranking.resampled, k),
    elbow,
    tree,
    rules: rulesOf(tree, words, learnedRows, test),
    fidelity: predicted.map(([surrogate, values]) => fidelityOf(surrogate, answers, parts.test, values, test.truth)),
    majority: majorityOf(test.sides),
    ...(test.truth && { modelTruth: shareAlike(test.truth, test.sides) }),
    words,
    seen: kept,
    answers,
    parts,
    predictions: rows + ranking.predictions + made,
  }
}

function checkRows(predictor: Predictor, columns: Columns, { top, without, labels }: SurrogateOptions): void {
  const rows = rowsIn(columns)
  if (rows < leastRows)
    throw new InterplayError('data/too-few-rows', `rules need at least ${leastRows} rows, got ${rows}`)
  if (labels && labels.values.length !== rows)
    throw new InterplayError('shape/mismatch', `${labels.values.length} labels do not fit ${rows} rows`)
  const count = columns.length - (without?.size ?? 0)
  if (top !== undefined && top > count)
    throw new InterplayError('option/invalid', `top must be at most ${count}, the columns that take part; got ${top}`)
  for (const [c, column] of columns.entries()) {
    const row = column.findIndex(cell => !Number.isFinite(cell))
    if (row < 0) continue
    const { name } = predictor.fields[c]!
    const empty = column.every(cell => Number.isNaN(cell))
    throw new InterplayError('data/not-finite', empty ? `'${name}' has no value` : `'${name}' is not finite in a row`, {
      where: name,
      why: empty ? 'all its cells are missing' : `first in row ${row + 1}: ${column[row]}`,
    })
  }
}

/** Three fifths to learn from, a fifth that chooses, a fifth that measures. */
function partsOf(rows: number, seed: number): Surrogate['parts'] {
  const order = new Random(seed, 'rules.parts').permutation(rows)
  const [first, second] = [Math.floor(0.6 * rows), Math.floor(0.8 * rows)]
  return { fit: order.slice(0, first), chosen: order.slice(first, second), test: order.slice(second) }
}

/** The sizes tried; the last is the most columns that are looked at. */
function sizesFor(columns: number, top: number | undefined): number[] {
  if (top !== undefined) return [Math.min(top, columns)]
  const below = sizes.filter(k => k < columns)
  return columns <= sizes.at(-1)! ? [...below, columns] : sizes
}

function columnOf(
  { fields }: Predictor,
  columns: Columns,
  c: number,
  { toUnit, word }: Pick<SurrogateOptions, 'toUnit' | 'word'>,
): RuleColumn {
  const { name, type, values } = fields[c]!
  const cells = ownCells({ fields }, c, columns[c]!, { toUnit })
  if (type === 'numeric') return { name, kind: type, cells }
  return { name, kind: type, cells, word: code => word?.(c, code) ?? values?.[code] ?? String(code) }
}

/** Numbers in their own unit, codes as they are. */
const ownCells = (
  { fields }: Pick<Predictor, 'fields'>,
  c: number,
  cells: Float64Array,
  { toUnit }: Pick<SurrogateOptions, 'toUnit'>,
): Float64Array => (toUnit !== undefined && fields[c]!.type === 'numeric' ? cells.map(cell => toUnit(c, cell)) : cells)

const everyRow = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, row) => row)

function joined(a: TreeTargets, b: TreeTargets): TreeTargets {
  return { sums: endToEnd(a.sums, b.sums), weights: endToEnd(a.weights, b.weights), outputs: a.outputs }
}

function endToEnd(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

const cellsOf = (seen: readonly RuleColumn[], rows: Int32Array): Float64Array[] =>
  seen.map(({ cells }) => Float64Array.from(rows, row => cells[row]!))

const first = ({ columns, kinds, rows, sorted }: TreeRows, k: number): TreeRows => ({
  columns: columns.slice(0, k),
  kinds: kinds.slice(0, k),
  rows,
  sorted: sorted.slice(0, k),
})

/** What trees learn: one-hot classes, or probabilities; numbers as they are. */
function targetsOf(
  { kind, outputs, values, sides }: ModelAnswers,
  rows: Int32Array,
  mimic: (typeof mimicked)[number],
): TreeTargets {
  const sums = new Float64Array(rows.length * outputs)
  rows.forEach((row, r) => {
    if (kind === 'classes' && mimic === 'labels') sums[r * outputs + sides[row]!] = 1
    else sums.set(values.subarray(row * outputs, (row + 1) * outputs), r * outputs)
  })
  return { sums, weights: new Float64Array(rows.length).fill(1), outputs }
}

/** What k is chosen by: the mean of F1 over the classes; of numbers R2. */
function scoreOf({ kind, outputs, values, sides, middle }: ModelAnswers, rows: Int32Array, predicted: Float64Array) {
  if (kind === 'value')
    return r2(
      Float64Array.from(rows, row => values[row]!),
      predicted,
    ).value
  const called = calledOf(predicted, { kind, middle }, outputs)
  const truth = rows.map(row => sides[row]!)
  return macroScore(confusionMatrix(truth, called, outputs), outputs, 'f1').value
}

const calledOf = (values: Float64Array, words: Pick<AnswerWords, 'kind' | 'middle'>, outputs: number): Int32Array =>
  new Int32Array(values.length / outputs).map((_, r) => sideOf(values.subarray(r * outputs, (r + 1) * outputs), words))

function companion(
  name: Companion,
  rows: TreeRows,
  targets: TreeTargets,
  { kind }: ModelAnswers,
  cells: Columns,
  { trees, seed }: { trees?: number; seed: number },
): Float64Array {
  if (name === 'boosted') return predictBoosted(boostTrees(rows, targets.sums, kind, { rounds: trees }), cells)
  const forest = name === 'forest' ? 'random forest' : name
  return predictForest(growForest(rows, targets, { kind: forest, trees, seed }), cells)
}

function fidelityOf(
  surrogate: Fidelity['surrogate'],
  answers: ModelAnswers,
  rows: Int32Array,
  predicted: Float64Array,
  truth: Int32Array | undefined,
): Fidelity {
  const { outputs, values, sides, kind } = answers
  const called = calledOf(predicted, answers, outputs)
  const model = rows.map(row => sides[row]!)
  const classes = kind === 'value' ? 2 : outputs
  const own = new Float64Array(rows.length * outputs)
  rows.forEach((row, r) => own.set(values.subarray(row * outputs, (row + 1) * outputs), r * outputs))
  return {
    surrogate,
    agreement: shareAlike(model, called),
    macro: macroScore(confusionMatrix(model, called, classes), classes, 'f1'),
    r2: r2(own, predicted),
    ...(truth && { truth: shareAlike(truth, called) }),
  }
}

function shareAlike(a: Int32Array, b: Int32Array): Estimate {
  return proportionInterval(a.filter((each, i) => each === b[i]).length, a.length)
}

function majorityOf(sides: Int32Array): number {
  const counts = new Map<number, number>()
  for (const side of sides) counts.set(side, (counts.get(side) ?? 0) + 1)
  return Math.max(...counts.values()) / sides.length
}

const truthOf = (labels: Labels, { kind, middle }: ModelAnswers): Int32Array =>
  Int32Array.from(labels.values, value => (kind === 'value' ? Number(value > middle) : value))

function wordsOf(
  { output: { names, kind } }: Predictor,
  { middle }: ModelAnswers,
  { classes, output = 0 }: SurrogateOptions,
): AnswerWords {
  const number = (value: number) => String(Number(value.toPrecision(3)))
  if (kind === 'value')
    return { kind, classes: [`at most ${number(middle)}`, `above ${number(middle)}`], middle, number }
  const own = names.length === 1 ? [`not ${names[output]}`, names[output]!] : names
  return { kind: 'classes', classes: classes ?? own, middle, number }
}
