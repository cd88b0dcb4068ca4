import type { Random } from '../../../random/index.ts'

/** Draws `wanted` of the rows without replacement, both parts ascending: selection sampling (Knuth, algorithm 3.4.2 S). */
export function drawRows(random: Random, rows: number, wanted: number): { inside: Int32Array; outside: Int32Array } {
  const inside = new Int32Array(wanted)
  const outside = new Int32Array(rows - wanted)
  for (let row = 0, taken = 0; row < rows; row++) {
    if (wanted === rows || random.uniform() * (rows - row) < wanted - taken) inside[taken++] = row
    else outside[row - taken] = row
  }
  return { inside, outside }
}
