export interface Interpolation {
  mode: 'linear' | 'cubic'
  /**
   * Where the samples lie: at the centres of equal cells (`halfPixel`), with the outer ones on the image's outer samples
   * (`alignCorners`), or at multiples of the ratio from the first on (`asymmetric`). Default `halfPixel`; for nearest
   * `asymmetric`, PyTorch's `nearest`, where `halfPixel` is its `nearest-exact`.
   */
  corners?: 'halfPixel' | 'alignCorners' | 'asymmetric'
  /** Widen the filter when reducing, so that every sample counts. Default false. */
  antialias?: boolean
}

/** Where sample `i` of `to` lies on an axis of `from` samples. */
function source(i: number, from: number, to: number, corners: Interpolation['corners']): number {
  if (corners === 'alignCorners') return to === 1 ? 0 : (i * (from - 1)) / (to - 1)
  return corners === 'asymmetric' ? (i * from) / to : ((i + 0.5) * from) / to - 0.5
}

/** For each of `to` samples the nearest of `from`: rounded down for `asymmetric`, else halves up. */
export function nearestPositions(
  from: number,
  to: number,
  { corners = 'asymmetric' }: Pick<Interpolation, 'corners'>,
): number[] {
  return Array.from({ length: to }, (_, i) => {
    const place = source(i, from, to, corners)
    return Math.min(Math.max(Math.floor(corners === 'asymmetric' ? place : place + 0.5), 0), from - 1)
  })
}

const triangle = (x: number): number => Math.max(0, 1 - Math.abs(x))

/** Keys 1981; `a` is the slope at distance 1: -0.75 as PyTorch and OpenCV have it, -0.5 with antialiasing as Pillow. */
const keys =
  (a: number) =>
  (x: number): number => {
    const t = Math.abs(x)
    if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1
    return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0
  }

/**
 * The matrix [to, from], row-major, that interpolates one axis. Samples beyond the ends repeat the outer ones;
 * with antialiasing they are left out and the rest reweighted.
 */
export function interpolation(
  from: number,
  to: number,
  { mode, corners = 'halfPixel', antialias = false }: Interpolation,
): Float64Array {
  const matrix = new Float64Array(to * from)
  const width = antialias ? Math.max(from / to, 1) : 1
  const filter = mode === 'linear' ? triangle : keys(antialias ? -0.5 : -0.75)
  const support = (mode === 'linear' ? 1 : 2) * width
  for (let i = 0; i < to; i++) {
    const place = source(i, from, to, corners)
    const row = matrix.subarray(i * from, (i + 1) * from)
    for (let j = Math.ceil(place - support); j <= place + support; j++) {
      if (antialias && (j < 0 || j >= from)) continue
      row[Math.min(Math.max(j, 0), from - 1)]! += filter((j - place) / width)
    }
    const total = row.reduce((sum, weight) => sum + weight, 0)
    for (let j = 0; j < from; j++) row[j]! /= total
  }
  return matrix
}
