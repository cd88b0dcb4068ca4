import { formatEffect, formatSet, type Measured } from '../../charts/format.ts'
import { table, type Column } from '../terminal/table.ts'
import { plain, type Style } from '../terminal/style.ts'

/** A set of fields (or other players) with its effect. */
export interface Effect extends Measured {
  set: readonly string[]
  /** Why there is no value. */
  reason?: string
}

/** Whether zero lies inside the interval: the effect is not told from noise. */
export const withinNoise = ({ low, high }: Measured): boolean => low != null && high != null && low <= 0 && high >= 0

/** `  1  Wildlife Size × Phase of flight    0.412 [0.352, 0.474]`, strongest first as given; the signs have a column. */
export function renderEffects(effects: readonly Effect[], style: Style): string[] {
  const texts = effects.map(effect => {
    const [value = '', interval] = formatEffect(effect).split(' [')
    return { value, interval: interval === undefined ? '' : `[${interval}` }
  })
  const signed = texts.some(({ value }) => value.startsWith('-')) ? 0 : 1
  const widest = Math.max(0, ...texts.map(({ value }) => plain(value, style).length)) + signed
  const columns: Column[] = [
    { align: 'right', minWidth: 3, paint: style.muted },
    { gap: 2, wrap: true },
    { align: 'right', minWidth: widest },
    { gap: 1 },
    { gap: 2, paint: style.muted },
  ]
  const rows = effects.map((effect, index) => [
    String(index + 1),
    formatSet(effect.set),
    texts[index]!.value,
    texts[index]!.interval,
    effect.reason ?? (withinNoise(effect) ? 'within noise' : ''),
  ])
  return table(columns, rows, style)
}
