import { vocabulary, type CalendarPart, type Vocabulary } from './encoding.ts'
import { bucketCodes, calendarCodes, noCode, type NumberEncoding } from './number-codes.ts'
import type { InputPlan } from './plan.ts'
import type { FieldProfile } from './profile.ts'
import { Moments, quantileScale, type Scale, type Scaling } from './scale.ts'

const calendar: CalendarPart[] = ['month', 'weekday', 'hour']
const quantileSteps = 100
const bins = 20

export type NumberPlan = Extract<InputPlan, { kind: 'numeric' | 'timestamp' }>

export interface NumberFit {
  /** Undefined where the training rows hold no value, or only one. */
  encoding: NumberEncoding | undefined
  /** Distinct values in training rows: 0, 1, or 2 for more. */
  trainValues: number
  /** Buckets met in training rows, but too seldom to be kept. */
  rare: number
}

/** Fits one column on its training rows; NaN is a missing value. Sums run in the order of the rows. */
export function fitNumbers(plan: NumberPlan, train: Float64Array, minCount: number): NumberFit {
  let [minimum, maximum] = [Infinity, -Infinity]
  for (let i = 0; i < train.length; i++) {
    const value = train[i]!
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
  }
  const trainValues = minimum > maximum ? 0 : minimum === maximum ? 1 : 2
  if (trainValues < 2) return { encoding: undefined, trainValues, rare: 0 }
  const { name, required } = plan
  if (plan.kind === 'timestamp') {
    const parts = calendar
      .map(part => ({ name: `${name} ${part}`, part, ...partsMet(train, part) }))
      .filter(part => part.values.length > 1)
    const scale: Scale = { kind: 'standard', ...momentsOf(train, minimum, maximum) }
    return { encoding: { name, type: 'timestamp', required, format: plan.format, parts, scale }, trainValues, rare: 0 }
  }
  if (plan.scaling === 'log-square') {
    const { kept, met } = bucketsMet(train, minCount)
    return { encoding: { name, type: 'bucket', required, ...kept }, trainValues, rare: met - kept.values.length }
  }
  const scale = scaleOf(plan.scaling, train, minimum, maximum)
  return { encoding: { name, type: 'numeric', required, scale }, trainValues, rare: 0 }
}

/** Beyond this, squares might overflow; then moments are those of the values in units of it, a power of two. */
const huge = 2 ** 500

function momentsOf(train: Float64Array, minimum: number, maximum: number): { mean: number; deviation: number } {
  const unit = Math.max(-minimum, maximum) > huge ? huge : 1
  const moments = new Moments()
  for (let i = 0; i < train.length; i++) if (train[i] === train[i]) moments.add(train[i]! / unit)
  return { mean: moments.mean * unit, deviation: moments.deviation * unit }
}

function scaleOf(
  scaling: Exclude<Scaling, 'log-square'>,
  train: Float64Array,
  minimum: number,
  maximum: number,
): Scale {
  switch (scaling) {
    case 'none':
      return { kind: 'none' }
    case 'minmax':
      return { kind: 'minmax', minimum, maximum }
    case 'standard':
      return { kind: 'standard', ...momentsOf(train, minimum, maximum) }
    case 'quantile': {
      const sorted = train.filter(value => value === value).sort()
      const last = sorted.length - 1
      const at = (step: number) => sorted[Math.round((step / quantileSteps) * last)]!
      return quantileScale(Array.from({ length: quantileSteps + 1 }, (_, step) => at(step)))
    }
  }
}

/** The buckets of the training rows: those kept, and how many were met. */
function bucketsMet(train: Float64Array, minCount: number): { kept: Vocabulary; met: number } {
  const counts = new Map<number, number>()
  for (const code of bucketCodes(train)) if (code === code) counts.set(code, (counts.get(code) ?? 0) + 1)
  return { kept: byCount([...counts].filter(([, count]) => count >= minCount)), met: counts.size }
}

function partsMet(train: Float64Array, part: CalendarPart): Vocabulary {
  const counts = new Uint32Array(256)
  const codes = calendarCodes(train, part)
  for (let i = 0; i < codes.length; i++) counts[codes[i]!]!++
  return byCount([...counts.entries()].filter(([code, count]) => count > 0 && code !== noCode))
}

/** Most frequent first, ties by number. */
function byCount(counts: [code: number, count: number][]): Vocabulary {
  counts.sort(([a, m], [b, n]) => n - m || a - b)
  return vocabulary(counts.map(([code]) => String(code)))
}

/** Missing values and a histogram over all rows, by split. */
export function profileNumbers(raw: Float64Array, counts: [number, number, number]): Omit<FieldProfile, 'name'> {
  const missing: [number, number, number] = [0, 0, 0]
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < raw.length; i++) {
    if (raw[i]! < low) low = raw[i]!
    if (raw[i]! > high) high = raw[i]!
  }
  const rows = Array.from({ length: bins }, (): [number, number, number] => [0, 0, 0])
  const width = (high - low) / bins || 1
  let slot = 0
  for (const split of [0, 1, 2] as const) {
    for (const end = slot + counts[split]; slot < end; slot++) {
      const value = raw[slot]!
      if (value === value) rows[Math.min(bins - 1, Math.floor((value - low) / width))]![split]++
      else missing[split]++
    }
  }
  if (low > high) return { missing }
  return { missing, histogram: { edges: Array.from({ length: bins + 1 }, (_, k) => low + k * width), rows } }
}
