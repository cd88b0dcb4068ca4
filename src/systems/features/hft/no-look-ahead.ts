import { Random } from '../../../random/index.ts'
import { drawnNet } from './invariants.ts'
import { options as schema } from './options.ts'
import { Pipeline, replay } from './pipeline.ts'
import { Selector } from './selector.ts'

const [features, ticks, horizon] = [8, 260, 5]

/**
 * The largest change of any answer up to a tick when features and labels after it are drawn anew, over so many random
 * ticks; 0 where nothing looks ahead. Labels after `tick - horizon` are drawn anew too: they are not known by then.
 */
export function futureDifference(trials: number): number {
  const random = new Random(4, 'hft.ahead')
  const options = schema.parse({ horizon, select: 3, evaluateEvery: 20, recent: 60, clusters: 3, window: 8 })
  const { light } = drawnNet({ features, channels: 6, classes: 3, window: 8, gate: true }, 0.5)
  const values = Float32Array.from({ length: ticks * features }, () => random.normal())
  const labels = Int32Array.from({ length: ticks }, () => random.integer(3))
  const answers = (x: Float32Array, y: Int32Array) =>
    replay(
      new Pipeline(new Selector(features, 3, options, 1), light, options),
      { values: x, labels: y, starts: new Int32Array(ticks) },
      { range: [0, ticks], horizon },
    )
  const plain = answers(values, labels).probabilities
  let largest = 0
  for (let trial = 0; trial < trials; trial++) {
    const tick = 50 + random.integer(ticks - 60)
    const changed = answers(
      values.map((value, i) => (i >= (tick + 1) * features ? random.normal() : value)),
      labels.map((label, t) => (t > tick - horizon ? random.integer(3) : label)),
    ).probabilities
    for (let i = 0; i < (tick + 1) * 3; i++) largest = Math.max(largest, Math.abs(plain[i]! - changed[i]!))
  }
  return largest
}
