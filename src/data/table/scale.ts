/** How a number becomes a model input. */
export type Scale =
  | { kind: 'none' }
  | { kind: 'standard'; mean: number; deviation: number }
  | { kind: 'minmax'; minimum: number; maximum: number }
  | { kind: 'quantile'; values: number[]; ranks: number[] }

export const scalings = ['standard', 'minmax', 'log-square', 'quantile', 'none'] as const
export type Scaling = (typeof scalings)[number]

/** Of a uniform variable on [0, 1]. */
const uniformDeviation = Math.sqrt(1 / 12)

/**
 * The scaling as a function. `quantile` interpolates the empirical distribution and centres it: mean 0, deviation 1.
 * The same function serves training columns and single rows, so both give the same bits.
 */
export function scaler(scale: Scale): (value: number) => number {
  switch (scale.kind) {
    case 'none':
      return value => value
    case 'standard': {
      const { mean, deviation } = scale
      return value => (value - mean) / deviation
    }
    case 'minmax': {
      const { minimum } = scale
      const width = scale.maximum - minimum
      return value => (value - minimum) / width
    }
    case 'quantile': {
      const { values, ranks } = scale
      return value => (interpolate(values, ranks, value) - 0.5) / uniformDeviation
    }
  }
}

/** From the model's input back to the number; a quantile's plateau gives its nearest end. */
export function unscaler(scale: Scale): (value: number) => number {
  switch (scale.kind) {
    case 'none':
      return value => value
    case 'standard':
      return value => value * scale.deviation + scale.mean
    case 'minmax':
      return value => value * (scale.maximum - scale.minimum) + scale.minimum
    case 'quantile':
      return value => interpolate(scale.ranks, scale.values, value * uniformDeviation + 0.5)
  }
}

function interpolate(values: number[], ranks: number[], value: number): number {
  const last = values.length - 1
  if (value <= values[0]!) return ranks[0]!
  if (value >= values[last]!) return ranks[last]!
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (values[middle]! <= value) low = middle
    else high = middle
  }
  const share = (value - values[low]!) / (values[high]! - values[low]!)
  return ranks[low]! + share * (ranks[high]! - ranks[low]!)
}

/** Equally spaced quantiles -> distinct values and the mean rank of each. */
export function quantileScale(quantiles: number[]): Scale {
  const values: number[] = []
  const ranks: number[] = []
  const steps = quantiles.length - 1
  for (let i = 0; i <= steps;) {
    let j = i
    while (j < steps && quantiles[j + 1] === quantiles[i]) j++
    values.push(quantiles[i]!)
    ranks.push((i + j) / (2 * steps))
    i = j + 1
  }
  return { kind: 'quantile', values, ranks }
}

/** The bucket of Criteo's published preprocessing: v > 2 -> floor(ln(v)^2), else trunc(v). */
export function bucket(value: number): number {
  return value > 2 ? Math.floor(Math.log(value) ** 2) : Math.trunc(value) + 0
}

/** Mean and population deviation of numbers met one by one (Welford); independent of threads, as rows come in order. */
export class Moments {
  count = 0
  mean = 0
  private squares = 0

  add(value: number): void {
    this.count++
    const difference = value - this.mean
    this.mean += difference / this.count
    this.squares += difference * (value - this.mean)
  }

  /** 1 where all values agree, so that scaling stays finite. */
  get deviation(): number {
    const variance = this.count > 0 ? this.squares / this.count : 0
    return variance > 0 ? Math.sqrt(variance) : 1
  }
}
