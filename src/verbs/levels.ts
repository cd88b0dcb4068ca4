import { scaler, unscaler, valueName, type Encoding, type FieldEncoding } from '../data/index.ts'
import type { FieldSpec } from '../nn/index.ts'
import type { PairEffect } from '../lenses/index.ts'

type Level = PairEffect['levels'][0][0]

/** The words for a level of a model's field: a value, a range in the field's own unit, or the rest. */
export function levelNames(encoding: Encoding, field: string, levels: readonly Level[]): string[] {
  const original = unscaled(encoding, field)
  return levels.map(level => {
    if (level.kind === 'other') return 'other values'
    if (level.kind === 'bin') return `${short(original(level.low))} to ${short(original(level.high))}`
    return valueName(encoding, field, level.id)
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
  return valueNames(encoding)(field.name, value)
}

/** What ids of categorical and sequence fields stand for. */
export const valueNames =
  (encoding: Encoding) =>
  (field: string, id: number): string =>
    valueName(encoding, field, id)

const short = (value: number): string => String(Number(value.toPrecision(3)))

/** A number in the table's own unit as a model sees it: scaled, of single precision. */
export const scaledCell = (encoding: Encoding, name: string, value: number): number =>
  Math.fround(scaler(scaleOf(encoding, name))(value))

/** From scaled back to the field's own unit. */
export const unscaled = (encoding: Encoding, name: string): ((value: number) => number) =>
  unscaler(scaleOf(encoding, name))

function scaleOf(encoding: Encoding, name: string) {
  const field = encoding.fields.find(
    (each): each is Extract<FieldEncoding, { scale: unknown }> => each.name === name && 'scale' in each,
  )
  return field?.scale ?? ({ kind: 'none' } as const)
}
