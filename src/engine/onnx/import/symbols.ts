import type { Dimension, Shape } from '../../dimension.ts'

/** Two names for one extent: what a file calls differently meets in an operator. */
export class SameExtent extends Error {
  constructor(
    readonly kept: string,
    readonly replaced: string,
  ) {
    super(`${replaced} is ${kept}`)
  }
}

/** Shapes that broadcast. @throws SameExtent where two symbols meet, which must then be one. */
export function align(...shapes: Shape[]): void {
  const rank = Math.max(...shapes.map(shape => shape.length))
  for (let axis = 1; axis <= rank; axis++) {
    let met: Dimension = 1
    for (const shape of shapes) {
      const extent = shape.at(-axis) ?? 1
      if (axis > shape.length || extent === 1) continue
      if (met !== 1) same(met, extent)
      met = extent
    }
  }
}

/** Extents that must be equal. */
export function same(a: Dimension, b: Dimension): void {
  if (typeof a === 'string' && typeof b === 'string' && a !== b) throw new SameExtent(a, b)
}
