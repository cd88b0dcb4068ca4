/** How often each count occurs: `[count, times]`, counts of 2 and more, rising. */
export type Histogram = readonly (readonly [count: number, times: number])[]

/** sum of c ln c. Counts of 1 add nothing, so that values seen once tell nothing. */
export const logSum = (histogram: Histogram): number =>
  histogram.reduce((sum, [count, times]) => sum + times * count * Math.log(count), 0)

/** Entropy in nats of parts that add up to `total`; parts of 1 row may be missing from the histogram. */
export const entropy = (histogram: Histogram, total: number): number => Math.log(total) - logSum(histogram) / total

export const greatest = (histogram: Histogram): number => histogram.at(-1)?.[0] ?? 1
