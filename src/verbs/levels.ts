import type { Encoding, FieldEncoding } from '../data/index.ts'
import type { FieldSpec } from '../nn/index.ts'
import type { PairEffect } from '../lenses/index.ts'

type Level = PairEffect['levels'][0][0]

/** The words for a level of a model's field: a value, a range in the field's own unit, or the rest. */
export function levelNames(encoding: Encoding, field: string, levels: readonly Level[]): string[] {
  const values = vocabularyOf(encoding, field)
  const original = unscaled(encoding, field)
  return levels.map(level => {
    if (level.kind === 'other') return 'other values'
    if (level.kind === 'bin') return `${short(original(level.low))} to ${short(original(level.high))}`
    return level.id === 0 ? 'missing' : (values[level.id - 1] ?? 'unknown')
  })
}

/** The words for one cell as a model sees it: a vocabulary's id, or a scaled number in the field's own unit. */
export function cellName(encoding: Encoding, field: FieldSpec, value: number): string {
  if (field.type === 'numeric') {
    const original = unscaled(encoding, field.name)
    const cell = original(value)
    const rounding = 1e-6 * Math.abs(original(1) - original(0))
    return short(Math.abs(cell) < rounding ? 0 : cell)
  }
  if (field.type === 'sequence') return 'a list'
  return value === 0 ? 'missing' : (vocabularyOf(encoding, field.name)[value - 1] ?? 'unknown')
}

const short = (value: number): string => String(Number(value.toPrecision(3)))

function vocabularyOf(encoding: Encoding, name: string): readonly string[] {
  for (const field of encoding.fields) {
    if (field.name === name && 'values' in field) return field.values
    if (field.type === 'timestamp') for (const part of field.parts) if (part.name === name) return part.values
  }
  return []
}

/** From scaled back to the field's own unit. */
export function unscaled(encoding: Encoding, name: string): (value: number) => number {
  const field = encoding.fields.find(
    (each): each is Extract<FieldEncoding, { scale: unknown }> => each.name === name && 'scale' in each,
  )
  const scale = field?.scale
  if (scale?.kind === 'standard') return value => value * scale.deviation + scale.mean
  if (scale?.kind === 'minmax') return value => value * (scale.maximum - scale.minimum) + scale.minimum
  return value => value
}
