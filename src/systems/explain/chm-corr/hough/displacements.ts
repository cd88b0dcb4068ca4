/** Which entries of a kernel of extent^4 share a weight, and how many do. */
export interface DisplacementClasses {
  /** [extent^4], source row, source column, target row, target column. */
  classOf: Int32Array
  sizes: Int32Array
}

/**
 * Position-sensitive isotropic sharing ("psi", Min and Cho 2021): entries of one class have the same larger and smaller squared
 * distance of source and target offset from the centre, and the same squared distance between the two.
 */
export function displacementClasses(extent: number): DisplacementClasses {
  const centre = (extent - 1) / 2
  const known = new Map<string, number>()
  const sizes: number[] = []
  const axes = Array.from({ length: extent }, (_, k) => k - centre)
  const classOf = axes.flatMap(row =>
    axes.flatMap(column =>
      axes.flatMap(otherRow =>
        axes.map(otherColumn => {
          const [own, other] = [row ** 2 + column ** 2, otherRow ** 2 + otherColumn ** 2]
          const between = (row - otherRow) ** 2 + (column - otherColumn) ** 2
          const key = [Math.max(own, other), Math.min(own, other), between].join()
          if (!known.has(key)) known.set(key, known.size)
          const found = known.get(key)!
          sizes[found] = (sizes[found] ?? 0) + 1
          return found
        }),
      ),
    ),
  )
  return { classOf: Int32Array.from(classOf), sizes: Int32Array.from(sizes) }
}

/** The classes of the 3 x 3 kernel over pairs of scales: the pair itself, both scales one step, opposite steps, one step. */
export const scaleClasses = { classOf: Int32Array.of(1, 3, 2, 3, 0, 3, 2, 3, 1), sizes: Int32Array.of(1, 2, 2, 4) }
