import { InterplayError } from '../../errors/index.ts'

export interface Nearest {
  /** Places of vectors, the nearest first, the earlier among equals. */
  items: Int32Array
  cosines: Float64Array
}

/** Vectors that are found by cosine, by comparing all. */
export class CosineIndex {
  private readonly units: Float32Array
  readonly count: number

  /** @param vectors [count, width] */
  constructor(
    vectors: Float32Array,
    private readonly width: number,
  ) {
    this.count = vectors.length / width
    this.units = Float32Array.from(vectors)
    for (let item = 0; item < this.count; item++) scaleToUnit(this.units.subarray(item * width, (item + 1) * width))
  }

  /** @throws InterplayError `shape/mismatch` */
  nearest(query: ArrayLike<number>, count: number): Nearest {
    if (query.length !== this.width)
      throw new InterplayError(
        'shape/mismatch',
        `a vector of ${query.length}, the index holds vectors of ${this.width}`,
      )
    const unit = Float32Array.from(query)
    scaleToUnit(unit)
    const cosines = new Float64Array(this.count)
    for (let item = 0; item < this.count; item++)
      for (let k = 0; k < this.width; k++) cosines[item]! += unit[k]! * this.units[item * this.width + k]!
    const items = Int32Array.from(cosines.keys())
      .sort((a, b) => cosines[b]! - cosines[a]! || a - b)
      .slice(0, count)
    return { items, cosines: Float64Array.from(items, item => cosines[item]!) }
  }
}

function scaleToUnit(vector: Float32Array): void {
  let squares = 0
  for (const value of vector) squares += value * value
  if (squares === 0) return
  const scale = 1 / Math.sqrt(squares)
  for (let k = 0; k < vector.length; k++) vector[k]! *= scale
}
