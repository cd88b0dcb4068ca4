export interface RelevanceOptions {
  classes: number
  /** Rows after which a row counts half. */
  halfLife: number
  /** Places at which densities are kept, over [-limit, limit]. */
  points?: number
  limit?: number
}

/**
 * Mutual information of each feature and a class that forgets old rows: densities by Gaussian kernels on a grid, one a
 * class, with Silverman's bandwidth (1986, equation 3.31). A row is split between the two grid points beside it, and the
 * kernel is laid over the grid when the information is asked for: a row costs two additions a feature.
 */
export class DecayingRelevance {
  /** Decayed weights of the rows, [features, classes, points]. */
  readonly weights: Float64Array
  private readonly points: number
  private readonly limit: number
  /** What a row of now weighs: weights grow instead of all others shrinking. */
  private scale = 1

  constructor(
    private readonly features: number,
    private readonly options: RelevanceOptions,
  ) {
    this.points = options.points ?? 32
    this.limit = options.limit ?? 5
    this.weights = new Float64Array(features * options.classes * this.points)
  }

  set halfLife(rows: number) {
    this.options.halfLife = rows
  }

  /** Takes in a row of scaled features, whose class is known by now. */
  add(row: ArrayLike<number>, label: number, offset = 0): void {
    const { features, points, limit, weights } = this
    const { classes, halfLife } = this.options
    this.scale *= 2 ** (1 / halfLife)
    if (this.scale > 1e100) {
      for (let i = 0; i < weights.length; i++) weights[i]! /= this.scale
      this.scale = 1
    }
    for (let j = 0; j < features; j++) {
      const place = ((Math.max(-limit, Math.min(limit, row[offset + j]!)) + limit) / (2 * limit)) * (points - 1)
      const left = Math.min(points - 2, Math.floor(place))
      const start = (j * classes + label) * points + left
      weights[start]! += this.scale * (left + 1 - place)
      weights[start + 1]! += this.scale * (place - left)
    }
  }

  /** The weights as a row of now weighs 1: what another one goes on from. */
  weightsNow(): Float64Array {
    return this.weights.map(weight => weight / this.scale)
  }

  /** Nats, one number a feature; 0 before any row. */
  information(): Float64Array {
    const { features, points, weights, limit } = this
    const { classes } = this.options
    const step = (2 * limit) / (points - 1)
    const result = new Float64Array(features)
    const joint = new Float64Array(classes * points)
    for (let j = 0; j < features; j++) {
      const own = weights.subarray(j * classes * points, (j + 1) * classes * points)
      for (let c = 0; c < classes; c++) {
        const part = own.subarray(c * points, (c + 1) * points)
        smoothInto(joint.subarray(c * points, (c + 1) * points), part, bandwidth(part, this.scale, step) / step)
      }
      result[j] = mutualInformation(joint, classes, points)
    }
    return result
  }
}

/** 1.06 deviation n^(-1/5), n being the rows that the decayed weights stand for. */
function bandwidth(weights: Float64Array, scale: number, step: number): number {
  let [total, first, second] = [0, 0, 0]
  weights.forEach((weight, i) => {
    total += weight
    first += weight * i
    second += weight * i * i
  })
  if (total === 0) return 0
  const deviation = Math.sqrt(Math.max(second / total - (first / total) ** 2, 0)) * step
  return 1.06 * deviation * Math.max(total / scale, 1) ** -0.2
}

/** Lays a Gaussian kernel, its width in grid steps, over weights; each point's kernel adds up to its weight. */
function smoothInto(target: Float64Array, weights: Float64Array, width: number): void {
  target.fill(0)
  const reach = Math.ceil(4 * width)
  if (reach === 0) return target.set(weights)
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-(((i - reach) / width) ** 2) / 2))
  weights.forEach((weight, i) => {
    if (weight === 0) return
    const [from, to] = [Math.max(0, i - reach), Math.min(weights.length - 1, i + reach)]
    let total = 0
    for (let k = from; k <= to; k++) total += kernel[k - i + reach]!
    for (let k = from; k <= to; k++) target[k]! += (weight * kernel[k - i + reach]!) / total
  })
}

/** Of a joint table of weights [classes, points], in nats. */
export function mutualInformation(joint: Float64Array, classes: number, points: number): number {
  const byClass = new Float64Array(classes)
  const byPoint = new Float64Array(points)
  let total = 0
  joint.forEach((weight, i) => {
    byClass[Math.floor(i / points)]! += weight
    byPoint[i % points]! += weight
    total += weight
  })
  let sum = 0
  joint.forEach((weight, i) => {
    if (weight > 0)
      sum += weight * Math.log((weight * total) / (byClass[Math.floor(i / points)]! * byPoint[i % points]!))
  })
  return total === 0 ? 0 : Math.max(sum / total, 0)
}
