import type { HostTensor } from '../../engine/dtype.ts'
import type { ServedOutput } from './model.ts'

export type Answer =
  | { probability: number; label: string }
  | { probabilities: Record<string, number>; label: string }
  | { value: number; low?: number; high?: number }
  | { reason: string; probability: null; label: null }
  | { reason: string; probabilities: null; label: null }
  | { reason: string; value: null }

/** Of one row: the answer itself, or an answer per output where a model has several. */
export type Prediction = Answer | Record<string, Answer>

type Read = (row: number) => Answer

/** The graph's outputs as an answer per row; a number that is not finite is null, with the reason beside it. */
export function decode(
  outputs: readonly ServedOutput[],
  arrays: Readonly<Record<string, HostTensor>>,
  rows: number,
): Prediction[] {
  const readers = outputs.map(output => reader(output, arrays[output.name]!.data as Float32Array))
  const single = readers.length === 1 ? readers[0] : undefined
  return Array.from({ length: rows }, (_, row) =>
    single ? single(row) : Object.fromEntries(readers.map((read, i) => [outputs[i]!.name, read(row)])),
  )
}

function reader({ kind, classes = [] }: ServedOutput, data: Float32Array): Read {
  if (kind === 'value') return row => value(data[row]!)
  if (classes.length > 2) return row => probabilities(classes, data, row * classes.length)
  return row => probability(data[row]!, classes)
}

const reason = 'not finite'

const value = (number: number): Answer => (Number.isFinite(number) ? { value: number } : { value: null, reason })

function probability(number: number, classes: readonly string[]): Answer {
  if (!Number.isFinite(number)) return { probability: null, label: null, reason }
  return { probability: number, label: classes[number >= 0.5 ? 1 : 0]! }
}

function probabilities(classes: readonly string[], data: Float32Array, start: number): Answer {
  let best = 0
  for (let i = 0; i < classes.length; i++) {
    if (!Number.isFinite(data[start + i])) return { probabilities: null, label: null, reason }
    if (data[start + i]! > data[start + best]!) best = i
  }
  return {
    probabilities: Object.fromEntries(classes.map((name, i) => [name, data[start + i]!])),
    label: classes[best]!,
  }
}
