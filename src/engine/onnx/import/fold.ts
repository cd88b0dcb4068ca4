import {
  addDimensions,
  atomsOf,
  divideDimensions,
  multiplyDimensions,
  sidesOf,
  signedDimension,
  subtractDimensions,
  type Dimension,
} from '../../dimension.ts'
import { isFloat, type DataType } from '../../dtype.ts'
import { isExact, longestKnown, type Known } from './value.ts'

/** One element of a result; undefined where symbols leave it open. */
type Element = Dimension | undefined
type Scalar = (...elements: Dimension[]) => Element

const isNumber = (value: Element): value is number => typeof value === 'number'

/** A function of numbers, open for symbols. */
const numeric =
  (compute: (...values: number[]) => number): Scalar =>
  (...elements) =>
    elements.every(isNumber) ? compute(...elements) : undefined

/** A comparison, also of an extent with what no extent can be. */
const compared =
  (compute: (a: number, b: number) => boolean): Scalar =>
  (a, b) => {
    if (a === b) return Number(compute(0, 0))
    if (isNumber(a) && isNumber(b)) return Number(compute(a, b))
    if (isNumber(b) && b < 0 && isCount(a!)) return Number(compute(0, b))
    if (isNumber(a) && a < 0 && isCount(b!)) return Number(compute(a, 0))
    return undefined
  }

/** Whether nothing is taken away, so that the value cannot be negative whatever its symbols are. */
const isCount = (dimension: Dimension): boolean => sidesOf(dimension)[0] === 0

/** The sign of a symbolic extent whose symbols are large. */
export function isExtent(dimension: Dimension): boolean {
  return signedDimension(dimension, new Map(atomsOf(dimension).map(atom => [atom, 1e6])))! >= 0
}

/** Arithmetic of numbers, and of symbols with whole numbers. */
const arithmetic =
  (numbers: (a: number, b: number) => number, symbols: (a: Dimension, b: Dimension) => Element): Scalar =>
  (a, b) => {
    if (isNumber(a) && isNumber(b)) return numbers(a, b)
    return [a, b].every(each => !isNumber(each) || Number.isSafeInteger(each)) ? symbols(a!, b!) : undefined
  }

/** One of several operands, where they are one or all are numbers. */
const chosen =
  (choose: (...values: number[]) => number): Scalar =>
  (...elements) =>
    elements.every(element => element === elements[0]) ? elements[0] : numeric(choose)(...elements)

const smallest = chosen(Math.min)
const largest = chosen(Math.max)

const scalars: Partial<Record<string, Scalar>> = {
  Add: arithmetic((a, b) => a + b, addDimensions),
  Sub: arithmetic((a, b) => a - b, subtractDimensions),
  Mul: arithmetic((a, b) => a * b, multiplyDimensions),
  Div: arithmetic((a, b) => a / b, divideDimensions),
  Mod: numeric((a, b) => a - b * Math.floor(a / b)),
  'Mod with fmod': numeric((a, b) => a % b),
  Min: smallest,
  Max: largest,
  Pow: numeric((a, b) => a ** b),
  Equal: compared((a, b) => a === b),
  Less: compared((a, b) => a < b),
  LessOrEqual: compared((a, b) => a <= b),
  Greater: compared((a, b) => a > b),
  GreaterOrEqual: compared((a, b) => a >= b),
  And: numeric((a, b) => a && b),
  Or: numeric((a, b) => a || b),
  Not: numeric(a => 1 - a),
  Neg: a => multiplyDimensions(a!, -1),
  Abs: a => (isNumber(a) ? Math.abs(a) : isCount(a!) ? a : undefined),
  Sqrt: numeric(Math.sqrt),
  Floor: a => (isNumber(a) ? Math.floor(a) : a),
  Ceil: a => (isNumber(a) ? Math.ceil(a) : a),
  Where: (condition, a, b) => (isNumber(condition) ? (condition ? a : b) : undefined),
}

const comparisons = new Set(['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'And', 'Or', 'Not'])

/**
 * The elements of an elementwise operator's result. Integers that symbols leave open become symbols of their own, named
 * after the value; undefined where an element that is no extent stays open.
 */
export function foldScalars(
  op: string,
  inputs: readonly Known[],
  symbol: (index: number) => Dimension,
): Known | undefined {
  const compute = scalars[op]
  const dims = compute === undefined ? undefined : broadcast(inputs.map(input => input.dims))
  if (!compute || !dims || sizeOf(dims) > longestKnown) return undefined
  const dtype = comparisons.has(op) ? 'bool' : inputs[op === 'Pow' ? 0 : inputs.length - 1]!.dtype
  const elements: Dimension[] = []
  for (let i = 0; i < sizeOf(dims); i++) {
    const element = compute(...inputs.map(input => input.elements[broadcastIndex(i, dims, input.dims)]!))
    const settled = element === undefined && isInteger(dtype) ? symbol(i) : settle(element, dtype)
    if (settled === undefined) return undefined
    elements.push(settled)
  }
  return { dtype, dims, elements }
}

const isInteger = (dtype: DataType): boolean => dtype === 'int64' || dtype === 'int32'

/** An element as its type holds it: integers without fraction, float32 rounded; undefined where it would wrap. */
function settle(element: Element, dtype: DataType): Element {
  if (!isNumber(element)) return element
  if (dtype === 'bool') return Number(Boolean(element))
  if (dtype === 'float32') return Math.fround(element)
  if (isFloat(dtype)) return element
  const whole = Math.trunc(element)
  const [low, high] = ranges[dtype] ?? [-Infinity, Infinity]
  return isExact(whole, dtype) && whole >= low && whole <= high ? whole : undefined
}

const ranges: Partial<Record<DataType, readonly [low: number, high: number]>> = {
  uint8: [0, 255],
  int32: [-(2 ** 31), 2 ** 31 - 1],
}

/** The same elements in another type; undefined where a symbol would have to be rounded or compared. */
export function foldCast({ dims, elements }: Known, dtype: DataType): Known | undefined {
  if (dtype === 'bool' && !elements.every(isNumber)) return undefined
  const settled = elements.map(element => settle(element, dtype))
  return settled.includes(undefined) ? undefined : { dtype, dims, elements: settled as Dimension[] }
}

export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, extent) => product * extent, 1)

function broadcast(shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...shapes.map(shape => shape.length))
  const dims: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const extents = new Set(shapes.map(shape => shape[axis - rank + shape.length] ?? 1).filter(extent => extent !== 1))
    if (extents.size > 1) return undefined
    dims.push([...extents][0] ?? 1)
  }
  return dims
}

/** Where element `index` of `dims` lies in a tensor of `own` dims that was broadcast. */
function broadcastIndex(index: number, dims: readonly number[], own: readonly number[]): number {
  let [rest, place, stride] = [index, 0, 1]
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const position = rest % dims[axis]!
    rest = Math.floor(rest / dims[axis]!)
    const extent = own[axis - dims.length + own.length]
    if (extent === undefined) continue
    if (extent !== 1) place += position * stride
    stride *= extent
  }
  return place
}

export function foldExpand(known: Known, dims: readonly number[]): Known | undefined {
  const shape = broadcast([known.dims, dims])
  if (!shape || sizeOf(shape) > longestKnown) return undefined
  const elements = Array.from(
    { length: sizeOf(shape) },
    (_, i) => known.elements[broadcastIndex(i, shape, known.dims)]!,
  )
  return { ...known, dims: shape, elements }
}

/** Slices of `known` at `positions` along an axis, which is replaced by `shape`. */
export function foldGather(
  known: Known,
  positions: readonly number[],
  shape: readonly number[],
  axis: number,
): Known | undefined {
  const extent = known.dims[axis]!
  const places = positions.map(position => (position < 0 ? position + extent : position))
  if (places.some(place => !(place >= 0 && place < extent))) return undefined
  const inner = sizeOf(known.dims.slice(axis + 1))
  const outer = sizeOf(known.dims.slice(0, axis))
  if (outer * inner * places.length > longestKnown) return undefined
  const elements: Dimension[] = []
  for (let o = 0; o < outer; o++) {
    for (const place of places) {
      for (let i = 0; i < inner; i++) elements.push(known.elements[(o * extent + place) * inner + i]!)
    }
  }
  return { ...known, dims: [...known.dims.slice(0, axis), ...shape, ...known.dims.slice(axis + 1)], elements }
}

export function foldTranspose(known: Known, order: readonly number[]): Known {
  const strides = known.dims.map((_, axis) => sizeOf(known.dims.slice(axis + 1)))
  const dims = order.map(axis => known.dims[axis]!)
  const elements = known.elements.map((_, i) => {
    let [rest, place] = [i, 0]
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      place += (rest % dims[axis]!) * strides[order[axis]!]!
      rest = Math.floor(rest / dims[axis]!)
    }
    return known.elements[place]!
  })
  return { ...known, dims, elements }
}

export function foldConcat(parts: readonly Known[], axis: number): Known | undefined {
  const first = parts[0]!
  const agree = parts.every(
    ({ dims }) =>
      dims.length === first.dims.length && dims.every((extent, i) => i === axis || extent === first.dims[i]),
  )
  const total = parts.reduce((sum, { elements }) => sum + elements.length, 0)
  if (!agree || total > longestKnown) return undefined
  const outer = sizeOf(first.dims.slice(0, axis))
  const elements: Dimension[] = []
  for (let o = 0; o < outer; o++) {
    for (const part of parts) {
      const stretch = sizeOf(part.dims.slice(axis))
      elements.push(...part.elements.slice(o * stretch, (o + 1) * stretch))
    }
  }
  const extent = parts.reduce((sum, { dims }) => sum + dims[axis]!, 0)
  return { ...first, dims: first.dims.map((own, i) => (i === axis ? extent : own)), elements }
}

const reductions: Record<string, (a: Dimension, b: Dimension) => Element> = {
  ReduceSum: addDimensions,
  ReduceProd: multiplyDimensions,
  ReduceMin: smallest,
  ReduceMax: largest,
}

/** All elements reduced to one. */
export function foldReduce(op: string, known: Known, keep: boolean): Known | undefined {
  const reduce = reductions[op]
  if (!reduce || known.elements.length === 0) return undefined
  let result: Element = known.elements[0]
  for (const element of known.elements.slice(1)) {
    if (result === undefined) return undefined
    result = settle(reduce(result, element), known.dtype)
  }
  return result === undefined ? undefined : { ...known, dims: keep ? known.dims.map(() => 1) : [], elements: [result] }
}
