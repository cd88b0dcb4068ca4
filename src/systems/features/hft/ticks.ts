import { crossedTicks, takeTicks, type TickStream } from '../../../data/index.ts'
import { dayOf, FeatureBank } from './feature-bank.ts'
import { stretchStarts } from './pauses.ts'

/** A stream as the network and the selector read it. */
export interface ReadyTicks extends TickStream {
  /** Where the stretch without a pause that each tick stands in began. */
  starts: Int32Array
  /** The places of these ticks among those given: those with a crossed book are left out. */
  places: Int32Array
  /** What making the features of each tick took; absent of a stream whose features are given. */
  microseconds?: Float64Array
}

/** Leaves crossed ticks out and adds the features of the order book, where there is one, to those given. */
export function readyTicks(stream: TickStream, longestStep: number): ReadyTicks {
  const crossed = new Set(stream.book && crossedTicks(stream.book))
  const places = Int32Array.from(stream.times.keys()).filter(t => !crossed.has(t))
  const sound = crossed.size === 0 ? stream : takeTicks(stream, places)
  const starts = stretchStarts(sound.times, longestStep)
  if (!sound.book) return { ...sound, starts, places }
  const { features, times, values } = sound
  const bank = new FeatureBank(sound.book, dayOf(times[0]!))
  const [given, made] = [features.length, bank.names.length]
  const width = given + made
  const all = new Float32Array(times.length * width)
  const microseconds = new Float64Array(times.length)
  times.forEach((time, t) => {
    all.set(values.subarray(t * given, (t + 1) * given), t * width)
    const started = performance.now()
    if (starts[t] === t) bank.reset()
    bank.push(t, time, all, t * width + given)
    microseconds[t] = 1000 * (performance.now() - started)
  })
  return { ...sound, features: [...features, ...bank.names], values: all, starts, places, microseconds }
}
