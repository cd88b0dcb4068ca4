import type { PairGrid } from '../charts/index.ts'
import type { PairEffect } from '../lenses/index.ts'

type Level = PairEffect['levels'][0][0]

/** A measured pair as its chart takes it; `kind` of a field and `names` of its levels are the caller's. */
export function pairGrid(
  effect: PairEffect,
  units: string,
  kind: (field: string) => PairGrid['kinds'][0],
  names: (field: string, levels: readonly Level[]) => string[],
): PairGrid {
  const { fields, levels, joint, interaction, standardError, counts } = effect
  const [first, second] = fields
  return {
    fields,
    kinds: [kind(first), kind(second)],
    values: [names(first, levels[0]), names(second, levels[1])],
    joint: [...joint],
    separate: Array.from(joint, (value, i) => value - interaction[i]!),
    rows: [...counts],
    low: Array.from(interaction, (value, i) => value - 1.96 * standardError[i]!),
    high: Array.from(interaction, (value, i) => value + 1.96 * standardError[i]!),
    units,
  }
}
