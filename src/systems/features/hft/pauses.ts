/** Steps of the times whose median says what is usual. */
const watched = 1000

/** The time between two ticks above which a stream begins anew: so many usual steps of its first ticks. */
export function longestStep(times: Float64Array, usualSteps: number): number {
  const steps = Float64Array.from({ length: Math.min(watched, times.length - 1) }, (_, t) => times[t + 1]! - times[t]!)
  return usualSteps * (steps.sort()[steps.length >> 1] ?? Infinity)
}

/** Where the stretch that each tick stands in began: [ticks]. A pause longer than `longest` begins a new one. */
export function stretchStarts(times: Float64Array, longest: number): Int32Array {
  const starts = new Int32Array(times.length)
  for (let t = 1; t < times.length; t++) starts[t] = times[t]! - times[t - 1]! > longest ? t : starts[t - 1]!
  return starts
}
