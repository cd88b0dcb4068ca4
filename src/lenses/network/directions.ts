import type { Random } from '../../random/index.ts'

/** Random signs in place of single outputs: how many for the positions, and for the directions; 0 takes each exactly. */
export interface Probes {
  positions: number
  directions: number
}

export const exact: Probes = { positions: 0, directions: 0 }

/** How many cotangents stand for all outputs of [rows, positions, directions]. */
export const countCotangents = (positions: number, directions: number, probes: Probes): number =>
  (probes.positions || positions) * (probes.directions || directions)

/**
 * The cotangents, one after the other, in one buffer [rows, positions, directions]: 1 at a single output, or independent
 * signs over positions, directions or both, whose mean square is that of the outputs summed. Also the direction that each
 * is of, undefined where directions are mixed.
 */
export function* cotangents(
  [rows, positions, directions]: readonly [rows: number, positions: number, directions: number],
  probes: Probes,
  random: Random,
): Iterable<{ cotangent: Float64Array; direction: number | undefined }> {
  const cotangent = new Float64Array(rows * positions * directions)
  for (let p = 0; p < (probes.positions || positions); p++) {
    for (let i = 0; i < (probes.directions || directions); i++) {
      cotangent.fill(0)
      for (let row = 0; row < rows; row++) {
        for (let t = probes.positions ? 0 : p; t < (probes.positions ? positions : p + 1); t++) {
          for (let d = probes.directions ? 0 : i; d < (probes.directions ? directions : i + 1); d++) {
            const sign = probes.positions || probes.directions ? 2 * random.integer(2) - 1 : 1
            cotangent[(row * positions + t) * directions + d] = sign
          }
        }
      }
      yield { cotangent, direction: probes.directions ? undefined : i }
    }
  }
}
