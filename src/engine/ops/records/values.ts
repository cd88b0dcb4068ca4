import type { Random } from '../../../random/index.ts'
import type { Values } from './record.ts'

export const size = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1)

export interface Range {
  low?: number
  high?: number
  /** Points near which no value lies: kinks and poles. */
  away?: readonly number[]
}

/** Uniform floats. A gap of 0.05 around the points to stay away from leaves room for differences. */
export function floats(
  random: Random,
  shape: readonly number[],
  { low = -2, high = 2, away = [] }: Range = {},
): Values {
  const draw = (): number => {
    const value = Math.fround(low + (high - low) * random.uniform())
    return away.some(point => Math.abs(value - point) < 0.05) ? draw() : value
  }
  return { dtype: 'float', shape, data: Float64Array.from({ length: size(shape) }, draw) }
}

/** Floats no two of which are near each other, so that an order among them survives small moves. */
export function distinct(random: Random, shape: readonly number[], { low = -2, high = 2 }: Range = {}): Values {
  const count = size(shape)
  const order = random.permutation(count)
  return {
    dtype: 'float',
    shape,
    data: Float64Array.from(order, i => Math.fround(low + ((high - low) * (i + 0.5)) / count)),
  }
}

export const integers = (random: Random, shape: readonly number[], bound: number): Values => ({
  dtype: 'int32',
  shape,
  data: Float64Array.from({ length: size(shape) }, () => random.integer(bound)),
})

export const booleans = (random: Random, shape: readonly number[]): Values => ({
  ...integers(random, shape, 2),
  dtype: 'bool',
})

/** The values with these axes declared by symbols. */
export const symbolic = (values: Values, symbols: readonly (string | undefined)[]): Values => ({ ...values, symbols })

/** A shape of `rank` axes of 1 to `largest`. */
export const shapeOf = (random: Random, rank: number, largest = 4): number[] =>
  Array.from({ length: rank }, () => 1 + random.integer(largest))

/** The shapes every pointwise operator is tried on: rank 0 to 4. */
export const someShapes = (random: Random): number[][] =>
  [0, 1, 2, 3, 4].map(rank => shapeOf(random, rank, rank > 2 ? 3 : 5))

/** Every index of a shape in row-major order. */
export function* indices(shape: readonly number[]): Generator<readonly number[]> {
  const index = shape.map(() => 0)
  for (let count = size(shape); count > 0; count--) {
    yield [...index]
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! >= shape[axis]!; axis--) index[axis] = 0
  }
}

/** The element at an index; axes of extent 1, and leading axes that are missing, are broadcast. */
export function element({ shape, data }: Values, index: readonly number[]): number {
  const skipped = index.length - shape.length
  return data[shape.reduce((offset, extent, axis) => offset * extent + (extent === 1 ? 0 : index[axis + skipped]!), 0)]!
}

/** A value per index. */
export function tabulate(
  shape: readonly number[],
  f: (index: readonly number[]) => number,
  dtype: Values['dtype'] = 'float',
): Values {
  return { dtype, shape, data: Float64Array.from(indices(shape), f) }
}

export function broadcast(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(shape => shape.length))
  return Array.from({ length: rank }, (_, axis) =>
    shapes.reduce((extent, shape) => (extent === 1 ? (shape[axis - rank + shape.length] ?? 1) : extent), 1),
  )
}

/** A function of the elements of broadcast inputs. */
export function pointwise(inputs: readonly Values[], f: (...x: number[]) => number, dtype?: Values['dtype']): Values {
  const shape = broadcast(...inputs.map(input => input.shape))
  return tabulate(shape, index => f(...inputs.map(input => element(input, index))), dtype)
}

/** A function of each line of the values along one axis. */
export function alongAxis(
  { shape, data, dtype }: Values,
  axis: number,
  f: (line: number[]) => ArrayLike<number>,
): Values {
  const along = axis < 0 ? axis + shape.length : axis
  const inner = size(shape.slice(along + 1))
  const extent = shape[along]!
  const outer = size(shape.slice(0, along))
  const lines = Array.from({ length: outer * inner }, (_, l) => {
    const start = Math.floor(l / inner) * extent * inner + (l % inner)
    return f(Array.from({ length: extent }, (_, i) => data[start + i * inner]!))
  })
  const length = lines[0]?.length ?? 0
  const result = new Float64Array(outer * inner * length)
  lines.forEach((line, l) => {
    const start = Math.floor(l / inner) * length * inner + (l % inner)
    for (let i = 0; i < length; i++) result[start + i * inner] = line[i]!
  })
  return { dtype, shape: shape.with(along, length), data: result }
}

/** A function of all elements that share an index outside `axes`. */
export function reduced(
  x: Values,
  axes: readonly number[],
  keep: boolean,
  f: (elements: number[]) => number,
  dtype: Values['dtype'] = 'float',
): Values {
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
  const groups = new Map<string, number[]>()
  for (const index of indices(x.shape)) {
    const key = index.map((i, axis) => (axes.includes(axis) ? 0 : i)).join()
    const group = groups.get(key) ?? []
    groups.set(key, group)
    group.push(element(x, index))
  }
  const result = tabulate(kept, index => f(groups.get(index.join())!), dtype)
  return keep ? result : { ...result, shape: x.shape.filter((_, axis) => !axes.includes(axis)) }
}
