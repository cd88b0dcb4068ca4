import { ofField } from './by-field.ts'
import type { EncodedTable } from './encoded.ts'
import { modelFields, type Encoding } from './encoding.ts'
import type { InputPlan, PlannedField } from './plan.ts'
import type { Warning } from './readers/source.ts'

const leakAuc = 0.99
/** A class rarer than this is warned of. */
const rareClass = 0.01
/** Rows of the rarer class below which an AUC of one field says nothing. */
const fewestCases = 10
/** Rows an AUC of one field is measured on. */
const mostRows = 200_000

const quoted = (names: string[]) => names.map(name => `'${name}'`).join(', ')
const format = (count: number) => count.toLocaleString('en-US')

/** What the fit of an input found. */
interface Found {
  plan: InputPlan
  /** Distinct values in training rows: 0, 1, or 2 for more. */
  trainValues: number
  rare: number
}

/** `data/constant`: inputs without a value, or of one value, in the training rows. */
export function constantWarning(fields: readonly Found[]): Warning[] {
  const empty = fields.filter(field => field.trainValues === 0).map(field => field.plan.name)
  const single = fields.filter(field => field.trainValues === 1).map(field => field.plan.name)
  const all = [...empty, ...single]
  if (all.length === 0) return []
  const said = [
    ...(empty.length > 0 ? [`${quoted(empty)} ${empty.length === 1 ? 'has' : 'have'} no value`] : []),
    ...(single.length > 0
      ? [`${quoted(single)}${empty.length > 0 ? '' : single.length === 1 ? ' has' : ' have'} only one`]
      : []),
  ].join(', ')
  const consequence = all.length === 1 ? 'ignored' : all.length === 2 ? 'both ignored' : 'all ignored'
  const value = empty.length > 0 ? '' : ' value'
  return [{ code: 'data/constant', message: `${said}${value}, in training rows; ${consequence}`, fields: all }]
}

/** `data/rare-values`: values met too seldom to be kept. */
export function rareWarnings(fields: readonly Found[], minCount: number | Record<string, number>): Warning[] {
  return fields.flatMap(({ plan, rare }) => {
    const least = typeof minCount === 'number' ? minCount : (ofField(minCount, plan.name) ?? 1)
    if (rare < 2) return []
    const seldom = least === 2 ? 'seen once' : `seen less than ${least} times`
    return [
      {
        code: 'data/rare-values',
        message: `${plan.name}: ${format(rare)} values ${seldom} share one code`,
        fields: [plan.name],
      },
    ]
  })
}

/** `data/ignored`: fields left out on the reader's own judgement. */
export function ignoredWarning(fields: PlannedField[]): Warning[] {
  return (['id-like', 'free text'] as const).flatMap(reason => {
    const names = fields.filter(field => field.role === 'ignored' && field.reason === reason).map(field => field.name)
    if (names.length === 0) return []
    const verb = names.length === 1 ? 'is' : 'are'
    return [
      {
        code: 'data/ignored',
        message: `${quoted(names)} ${verb} ${reason} and left out`,
        try: `--type ${names[0]}=categorical`,
        fields: names,
      },
    ]
  })
}

/** `data/imbalance`: a binary target whose rarer class is under one in a hundred. */
export function imbalanceWarning(encoding: Encoding, train: EncodedTable): Warning[] {
  return encoding.outputs.flatMap((output, t) => {
    if (output.classes?.length !== 2 || train.rows === 0) return []
    const positives = train.targets[t]!.reduce((sum, value) => sum + value, 0)
    const rarer = Math.min(positives, train.rows - positives)
    if (rarer === 0 || rarer >= rareClass * train.rows) return []
    const kind = positives === rarer ? 'positive' : 'negative'
    return [
      {
        code: 'data/imbalance',
        message: `1 ${kind} in ${format(Math.round(train.rows / rarer))}; precision and recall are shown first`,
        fields: [output.name],
      },
    ]
  })
}

/**
 * `data/leak`: inputs that alone order the classes of a binary target almost wholly. A category scores by its positive
 * rate in training rows; the AUC is that of the validation rows, or of the training rows where those are too few.
 */
export function leakWarnings(encoding: Encoding, train: EncodedTable, valid: EncodedTable): Warning[] {
  const specs = modelFields(encoding)
  const owner = ownersOf(encoding)
  return encoding.outputs.flatMap((output, t) => {
    if (output.classes?.length !== 2) return []
    const scored = cases(valid, t) >= fewestCases ? valid : train
    if (cases(scored, t) < fewestCases) return []
    const best = new Map<string, number>()
    const width = specs.filter(spec => spec.type === 'categorical').length
    const numericWidth = specs.filter(spec => spec.type === 'numeric').length
    const next = { categorical: 0, numeric: 0, offset: 0 }
    for (const [k, spec] of specs.entries()) {
      let auc = 0.5
      if (spec.type === 'categorical') {
        auc = categoryAuc(train, scored, t, width, next.categorical++, next.offset, spec.size)
        next.offset += spec.size
      } else if (spec.type === 'numeric') {
        auc = numberAuc(scored, t, numericWidth, next.numeric++)
        auc = Math.max(auc, 1 - auc)
      }
      best.set(owner[k]!, Math.max(auc, best.get(owner[k]!) ?? 0))
    }
    return [...best].flatMap(([name, auc]) =>
      auc > leakAuc
        ? [
            {
              code: 'data/leak',
              message: `'${name}' alone gives AUC ${auc.toFixed(3)}; known when you predict?`,
              try: `--ignore ${/\s/.test(name) ? `"${name}"` : name}`,
              fields: [name],
            },
          ]
        : [],
    )
  })
}

/** The field each model input comes from. */
function ownersOf(encoding: Encoding): string[] {
  return encoding.fields.flatMap(field =>
    field.type === 'timestamp' ? [...field.parts, field].map(() => field.name) : [field.name],
  )
}

function cases(table: EncodedTable, target: number): number {
  const labels = table.targets[target]!
  let positives = 0
  for (let row = 0; row < table.rows; row++) positives += labels[row]!
  return Math.min(positives, table.rows - positives)
}

function categoryAuc(
  train: EncodedTable,
  scored: EncodedTable,
  target: number,
  width: number,
  at: number,
  offset: number,
  size: number,
): number {
  const [, positives, rows] = tally(train, target, width, at, offset, size)
  const [negativeRows, positiveRows] = tally(scored, target, width, at, offset, size)
  const base = cases(train, target) / train.rows
  const rate = (id: number) => (positives![id]! + base) / (rows![id]! + 1)
  const ids = Array.from({ length: size }, (_, id) => id).sort((a, b) => rate(a) - rate(b))
  return orderedAuc(
    ids.map(rate),
    ids.map(id => negativeRows![id]!),
    ids.map(id => positiveRows![id]!),
  )
}

/** By id: negatives, positives, rows. */
function tally(
  table: EncodedTable,
  target: number,
  width: number,
  at: number,
  offset: number,
  size: number,
): Float64Array[] {
  const [negatives, positives, rows] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  for (let row = 0; row < table.rows; row++) {
    const id = table.categorical[row * width + at]! - offset
    rows[id]!++
    if (table.targets[target]![row] === 1) positives[id]!++
    else negatives[id]!++
  }
  return [negatives, positives, rows]
}

function numberAuc(table: EncodedTable, target: number, width: number, at: number): number {
  const step = Math.ceil(table.rows / mostRows)
  const rows = Math.ceil(table.rows / step)
  // A single-precision value leaves the low bits of a double free: the lowest carries the label through a native sort.
  const values = new Float64Array(rows)
  for (let k = 0; k < rows; k++) values[k] = table.numeric[k * step * width + at]! + 0
  const words = new Uint32Array(values.buffer)
  for (let k = 0; k < rows; k++) words[2 * k + lowWord]! |= table.targets[target]![k * step]!
  values.sort()
  const positives = new Uint8Array(rows)
  const negatives = new Uint8Array(rows)
  for (let k = 0; k < rows; k++) {
    positives[k] = words[2 * k + lowWord]! & 1
    negatives[k] = 1 - positives[k]!
    words[2 * k + lowWord]! &= ~1
  }
  return orderedAuc(values, negatives, positives)
}

/** Which half of a double holds its lowest bits. */
const lowWord = new Uint8Array(Float64Array.of(1).buffer)[7] === 0x3f ? 0 : 1

/** AUC of groups in ascending order of score, ties counting half. */
function orderedAuc(scores: ArrayLike<number>, negatives: ArrayLike<number>, positives: ArrayLike<number>): number {
  let below = 0
  let wins = 0
  let allPositives = 0
  for (let i = 0; i < scores.length;) {
    let [negative, positive] = [0, 0]
    const score = scores[i]
    for (; i < scores.length && scores[i] === score; i++) {
      negative += negatives[i]!
      positive += positives[i]!
    }
    wins += positive * (below + negative / 2)
    below += negative
    allPositives += positive
  }
  return below > 0 && allPositives > 0 ? wins / (below * allPositives) : 0.5
}
