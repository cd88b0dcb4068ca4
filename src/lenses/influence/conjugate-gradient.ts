import type { Probe } from './probe.ts'

export interface ConjugateGradientOptions {
  /** Added to the curvature, layer by layer. */
  damping: readonly number[]
  /** Ends where the residual has fallen to this share of where it began. */
  tolerance?: number
  steps?: number
}

/**
 * (F + damping)^-1 v by conjugate gradients, F being the mean over rows of weight times the outer product of the gradient of
 * all tracked layers together with itself: what EK-FAC approximates, at the cost of two passes over the rows a step.
 *
 * @param vector a direction of the weights, [outputs, inputs] for each layer
 */
export function inverseProduct(
  { layers, rows }: Probe,
  weights: ArrayLike<number>,
  vector: readonly Float64Array[],
  { damping, tolerance = 1e-3, steps = 200 }: ConjugateGradientOptions,
): { solution: Float64Array[]; steps: number } {
  const product = (v: readonly Float64Array[]): Float64Array[] => {
    const result = v.map((values, l) => values.map(value => value * damping[l]!))
    for (let r = 0; r < rows; r++) {
      let along = 0
      layers.forEach(({ inputs, outputs, read, slopes }, l) => {
        const own = v[l]!
        for (let o = 0; o < outputs; o++) {
          const left = slopes[r * outputs + o]!
          if (left === 0) continue
          for (let i = 0; i < inputs; i++) along += left * own[o * inputs + i]! * read[r * inputs + i]!
        }
      })
      const scale = (along * weights[r]!) / rows
      layers.forEach(({ inputs, outputs, read, slopes }, l) => {
        const own = result[l]!
        for (let o = 0; o < outputs; o++) {
          const left = scale * slopes[r * outputs + o]!
          if (left === 0) continue
          for (let i = 0; i < inputs; i++) own[o * inputs + i]! += left * read[r * inputs + i]!
        }
      })
    }
    return result
  }
  const solution = vector.map(values => new Float64Array(values.length))
  const residual = vector.map(values => Float64Array.from(values))
  let direction = residual.map(values => Float64Array.from(values))
  let size = dot(residual, residual)
  const end = size * tolerance ** 2
  let step = 0
  for (; step < steps && size > end; step++) {
    const moved = product(direction)
    const length = size / dot(direction, moved)
    solution.forEach((values, l) => values.forEach((_, k) => (values[k]! += length * direction[l]![k]!)))
    residual.forEach((values, l) => values.forEach((_, k) => (values[k]! -= length * moved[l]![k]!)))
    const next = dot(residual, residual)
    const turn = next / size
    direction = residual.map((values, l) => values.map((value, k) => value + turn * direction[l]![k]!))
    size = next
  }
  return { solution, steps: step }
}

/** Of every row, the product of its answer's gradient with a direction of the weights. */
export function alongGradients({ layers, rows }: Probe, direction: readonly Float64Array[]): Float64Array {
  return new Float64Array(rows).map((_, r) => {
    let sum = 0
    layers.forEach(({ inputs, outputs, read, slopes }, l) => {
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < inputs; i++)
          sum += slopes[r * outputs + o]! * direction[l]![o * inputs + i]! * read[r * inputs + i]!
    })
    return sum
  })
}

/** The gradient of one row's answer by all tracked layers. */
export const gradientOf = ({ layers }: Probe, row: number): Float64Array[] =>
  layers.map(({ inputs, outputs, read, slopes }) =>
    new Float64Array(outputs * inputs).map(
      (_, k) => slopes[row * outputs + Math.floor(k / inputs)]! * read[row * inputs + (k % inputs)]!,
    ),
  )

const dot = (a: readonly Float64Array[], b: readonly Float64Array[]): number =>
  a.reduce((sum, values, l) => sum + values.reduce((part, value, k) => part + value * b[l]![k]!, 0), 0)
