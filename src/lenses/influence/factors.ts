import { InterplayError } from '../../errors/index.ts'
import { symmetricEigen, type Dense } from '../../linear-algebra/index.ts'
import type { LayerRows } from './probe.ts'

export const strategies = ['ekfac', 'kfac', 'diagonal', 'identity'] as const
/**
 * How the curvature of a layer is kept: its eigenvalues measured in the basis of the Kronecker factors (EK-FAC), as the
 * product of the factors' own (K-FAC), the diagonal alone, or not at all (gradient dot products).
 */
export type Strategy = (typeof strategies)[number]

/** The curvature of one layer in a basis where it is a diagonal. */
export interface LayerFactors {
  name: string
  inputs: number
  outputs: number
  /** Columns are the basis of what the layer reads, and of its slopes; none for the basis as it is. */
  readBasis?: Dense
  slopeBasis?: Dense
  /** [outputs, inputs] eigenvalues; none for `identity`. */
  values?: Float64Array
  /** Added to each eigenvalue: a share of their mean. */
  damping: number
}

/**
 * Factors of the Fisher matrix of one layer (Grosse et al. 2023, section 2; George et al. 2018): the mean over rows of
 * `weights` times the outer product of the row's gradient with itself.
 *
 * @throws InterplayError `lens/needs` for values that are not finite
 */
export function factorsOf(
  layer: LayerRows,
  weights: ArrayLike<number>,
  { strategy, damping }: { strategy: Strategy; damping: number },
): LayerFactors {
  const { name, inputs, outputs, read, slopes } = layer
  const rows = weights.length
  const plain = { name, inputs, outputs }
  if (strategy === 'identity') return { ...plain, damping: 0 }
  if (strategy === 'diagonal') {
    const values = squares({ inputs, outputs, read, slopes }, weights)
    return { ...plain, values, damping: damping * meanOf(name, values) }
  }
  const readEigen = symmetricEigen(gram(read, inputs, new Float64Array(rows).fill(1)))
  const slopeEigen = symmetricEigen(gram(slopes, outputs, weights))
  const bases = { readBasis: readEigen.vectors, slopeBasis: slopeEigen.vectors }
  if (strategy === 'kfac') {
    const values = new Float64Array(outputs * inputs).map(
      (_, k) => slopeEigen.values[Math.floor(k / inputs)]! * readEigen.values[k % inputs]!,
    )
    return { ...plain, ...bases, values, damping: damping * meanOf(name, values) }
  }
  const turned = {
    inputs,
    outputs,
    read: rotated(read, inputs, readEigen.vectors),
    slopes: rotated(slopes, outputs, slopeEigen.vectors),
  }
  const values = squares(turned, weights)
  return { ...plain, ...bases, values, damping: damping * meanOf(name, values) }
}

/** Mean over rows of weight * x x^T: [width, width]. */
export function gram(x: ArrayLike<number>, width: number, weights: ArrayLike<number>): Dense {
  const data = new Float64Array(width * width)
  const rows = weights.length
  for (let r = 0; r < rows; r++) {
    const start = r * width
    const weight = weights[r]! / rows
    for (let i = 0; i < width; i++) {
      const left = weight * x[start + i]!
      if (left === 0) continue
      for (let j = 0; j <= i; j++) data[i * width + j]! += left * x[start + j]!
    }
  }
  for (let i = 0; i < width; i++) for (let j = i + 1; j < width; j++) data[i * width + j] = data[j * width + i]!
  return { rows: width, columns: width, data }
}

/** x Q of rows [rows, width]. */
export function rotated(x: ArrayLike<number>, width: number, { data: basis }: Dense): Float64Array {
  const result = new Float64Array(x.length)
  for (let start = 0; start < x.length; start += width)
    for (let i = 0; i < width; i++) {
      const value = x[start + i]!
      if (value === 0) continue
      for (let j = 0; j < width; j++) result[start + j]! += value * basis[i * width + j]!
    }
  return result
}

type Halves = Pick<LayerRows, 'inputs' | 'outputs'> & { read: ArrayLike<number>; slopes: ArrayLike<number> }

/** Mean over rows of weight * (slope^2 outer read^2): [outputs, inputs]. */
function squares({ inputs, outputs, read, slopes }: Halves, weights: ArrayLike<number>): Float64Array {
  const values = new Float64Array(outputs * inputs)
  const rows = weights.length
  for (let r = 0; r < rows; r++)
    for (let o = 0; o < outputs; o++) {
      const left = (weights[r]! * slopes[r * outputs + o]! ** 2) / rows
      if (left === 0) continue
      for (let i = 0; i < inputs; i++) values[o * inputs + i]! += left * read[r * inputs + i]! ** 2
    }
  return values
}

function meanOf(layer: string, values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (Number.isFinite(mean)) return mean
  throw new InterplayError('lens/needs', `the curvature of '${layer}' is not finite`, {
    why: 'an answer of the network, or a gradient of it, is not',
  })
}
