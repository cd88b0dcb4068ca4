import type { Random } from '../../../random/index.ts'
import type { Lesson } from './lesson.ts'

/** Windows that end at these ticks, of the features listened to then: [rows, features, ticks]; some are hidden in all of one. */
export function windowsOf(
  { scaled, masks, maskOf }: Lesson,
  rows: Int32Array,
  ticks: number,
  { random, hidden = 0 }: { random?: Random; hidden?: number } = {},
): Float32Array {
  const features = masks.length === 0 ? 0 : scaled.length / maskOf.length
  const x = new Float32Array(rows.length * features * ticks)
  rows.forEach((row, i) => {
    for (let j = 0; j < features; j++) {
      const shown = random && hidden > 0 ? Number(random.uniform() >= hidden) : 1
      const to = (i * features + j) * ticks
      for (let t = 0; t < ticks; t++) {
        const tick = row - ticks + 1 + t
        x[to + t] = shown * scaled[tick * features + j]! * masks[maskOf[tick]! * features + j]!
      }
    }
  })
  return x
}
