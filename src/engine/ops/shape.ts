import { InterplayError } from '../../errors/index.ts'
import {
  addDimensions,
  broadcastShapes,
  divideDimensions,
  isStatic,
  multiplyDimensions,
  sameShape,
  shapeMismatch,
  sizeOf,
  spellShape,
  subtractDimensions,
  summands,
  type Dimension,
  type Shape,
} from '../dimension.ts'
import { apply, constant, constantValue, Node, normalAxis, type Operator, type Tensor } from '../tensor.ts'

const int64 = (values: readonly number[]): Tensor => constant(values, [values.length], 'int64')

const shapeOperator: Operator = { name: 'Shape', notDifferentiable: 'extents are integers' }

/** The extents start .. end - 1 of `x` as an int64 vector. */
export function extents(x: Tensor, start = 0, end: number = x.rank): Tensor {
  const part = x.shape.slice(start, end)
  if (isStatic(part)) return int64(part)
  const attributes = { start: { type: 'int', value: start }, end: { type: 'int', value: end } } as const
  return apply(shapeOperator, [x], attributes, { dtype: 'int64', shape: [end - start] })
}

/** `shape` as an int64 vector, its symbols read off the `sources` that carry them. */
export function shapeVector(shape: Shape, sources: readonly Tensor[]): Tensor {
  if (isStatic(shape)) return int64(shape)
  for (const source of sources) {
    for (let start = 0; start + shape.length <= source.rank; start++) {
      if (sameShape(source.shape.slice(start, start + shape.length), shape))
        return extents(source, start, start + shape.length)
    }
  }
  const parts = shape.map(extent => extentVector(extent, sources))
  return concat(parts, 0)
}

function extentVector(extent: Dimension, sources: readonly Tensor[]): Tensor {
  if (typeof extent === 'number') return int64([extent])
  const found = carriedExtent(extent, sources)
  if (found) return found
  for (const tensor of upstream(sources)) {
    const carried = carriedExtent(extent, [tensor])
    if (carried) return carried
  }
  const terms = summands(extent)
  if (terms.length > 1) return terms.map(term => extentVector(term, sources)).reduce((sum, term) => sum.add(term))
  throw new InterplayError('shape/mismatch', `no tensor at hand carries the extent ${extent}`)
}

/** An extent read off tensors that have it, or a multiple of it, or factors of it, along an axis. */
function carriedExtent(extent: string, sources: readonly Tensor[]): Tensor | undefined {
  for (const source of sources) {
    for (const [axis, own] of source.shape.entries()) {
      const factor = typeof own === 'string' ? divideDimensions(extent, own) : undefined
      if (factor === 1) return extents(source, axis, axis + 1)
      if (factor !== undefined) return extents(source, axis, axis + 1).mul(extentVector(factor, sources))
    }
  }
  for (const source of sources) {
    for (const [axis, own] of source.shape.entries()) {
      const factor = typeof own === 'string' ? divideDimensions(own, extent) : undefined
      if (typeof factor === 'number') return extents(source, axis, axis + 1).div(int64([factor]))
    }
  }
  for (const source of sources) {
    for (const [axis, own] of source.shape.entries()) {
      const rest = subtractDimensions(extent, own)
      if (typeof own === 'string' && typeof rest === 'number') return extents(source, axis, axis + 1).add(int64([rest]))
    }
  }
  return undefined
}

/** What tensors are computed from, the nearest first: rows that were folded into one axis carry its parts no more. */
function* upstream(sources: readonly Tensor[]): Iterable<Tensor> {
  const seen = new Set<Tensor>(sources)
  for (const tensor of seen) {
    for (const input of tensor.node.inputs) {
      if (!input || seen.has(input)) continue
      seen.add(input)
      yield input
    }
  }
}

const reshapeOperator: Operator = {
  name: 'Reshape',
  gradient: ({ inputs: [x] }, [d]) => [reshapeFrom(d!, x!.shape, [x!]), undefined],
  written: node => {
    const [x, target] = node.inputs
    const takesAny = constantValue(target!)?.data.every(extent => Number(extent) !== 0)
    return takesAny ? { inputs: [reshaped(x!), target], attributes: node.attributes } : node
  },
}

/** The tensor whose elements, in their order, a chain of reshapes shows. */
function reshaped(x: Tensor): Tensor {
  const { operator, inputs } = x.node
  return operator.name === 'Reshape' || operator.transparent ? reshaped(inputs[0]!) : x
}

/**
 * The same elements in another shape; one extent may be -1. Symbols of the new shape must be symbols of `x`, or be what
 * is left for the one extent the runtime infers, or be carried by one of `sources`.
 */
export function reshape(x: Tensor, shape: Shape, sources: readonly Tensor[] = []): Tensor {
  return reshapeFrom(x, inferShape(x, shape), [x, ...sources])
}

function inferShape(x: Tensor, shape: Shape): Shape {
  const open = shape.indexOf(-1)
  const known = sizeOf(shape.filter((_, axis) => axis !== open))
  const size = sizeOf(x.shape)
  if (open < 0) {
    if (size !== known) throw shapeMismatch('Reshape', [x.shape, shape], `${size} elements are not ${known}`)
    return shape
  }
  const inferred = divideDimensions(size, known)
  if (inferred === undefined) throw shapeMismatch('Reshape', [x.shape, shape], `${size} is no multiple of ${known}`)
  return shape.map((extent, axis) => (axis === open ? inferred : extent))
}

function reshapeFrom(x: Tensor, shape: Shape, sources: readonly Tensor[]): Tensor {
  if (sameShape(x.shape, shape)) return x
  const type = { dtype: x.dtype, shape }
  if (isStatic(shape) && shape.includes(0)) return apply(reshapeOperator, [x, int64(shape)], emptyAxes, type)
  const copied = shape.map((extent, axis) => (typeof extent === 'string' && extent === x.shape[axis] ? 0 : extent))
  const symbols = copied.filter(extent => typeof extent === 'string')
  const target =
    symbols.length <= 1
      ? int64(copied.map(extent => (typeof extent === 'string' ? -1 : extent)))
      : shapeVector(shape, [...sources, x])
  return apply(reshapeOperator, [x, target], {}, type)
}

/** An extent of 0 means none, where it would mean the extent of `x` at its place. */
const emptyAxes = { allowzero: { type: 'int', value: 1 } } as const

const transposeOperator: Operator = {
  name: 'Transpose',
  gradient: ({ attributes: { perm } }, [d]) => {
    const order = perm!.value as readonly number[]
    return [d!.transpose(order.map((_, axis) => order.indexOf(axis)))]
  },
}

/** Axes in another order: output axis i is input axis order[i]. Without an order the last two are swapped. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  const axes = Array.from({ length: x.rank }, (_, axis) => axis)
  const perm = order ?? [...axes.slice(0, -2), x.rank - 1, x.rank - 2]
  if (axes.some(axis => !perm.includes(axis)) || perm.length !== x.rank) {
    throw new InterplayError(
      'shape/mismatch',
      `Transpose: [${perm.join(', ')}] is no order of the axes of ${spellShape(x.shape)}`,
    )
  }
  if (perm.every((axis, position) => axis === position)) return x
  const shape = perm.map(axis => x.shape[axis]!)
  return apply(transposeOperator, [x], { perm: { type: 'ints', value: perm } }, { dtype: x.dtype, shape })
}

/** Removes axes of extent 1. */
export function squeeze(x: Tensor, axes: number | readonly number[]): Tensor {
  const removed = [axes].flat().map(axis => normalAxis('Squeeze', axis, x.rank))
  for (const axis of removed) {
    if (x.shape[axis] !== 1)
      throw shapeMismatch('Squeeze', [x.shape], `axis ${axis} has extent ${x.shape[axis]}, not 1`)
  }
  return reshape(
    x,
    x.shape.filter((_, axis) => !removed.includes(axis)),
  )
}

/** Inserts axes of extent 1 at these positions of the result. */
export function unsqueeze(x: Tensor, axes: number | readonly number[]): Tensor {
  const list = [axes].flat()
  const rank = x.rank + list.length
  const inserted = list.map(axis => normalAxis('Unsqueeze', axis, rank))
  const rest = [...x.shape]
  return reshape(
    x,
    Array.from({ length: rank }, (_, axis) => (inserted.includes(axis) ? 1 : rest.shift()!)),
  )
}

const expandOperator: Operator = {
  name: 'Expand',
  gradient: ({ inputs: [x] }, [d]) => [d!.sumTo(x!.shape), undefined],
}

function expandTo(x: Tensor, shape: Shape, sources: readonly Tensor[]): Tensor {
  if (sameShape(x.shape, shape)) return x
  if (!sameShape(broadcastShapes('Expand', x.shape, shape), shape)) {
    throw shapeMismatch('Expand', [x.shape, shape], 'the first does not broadcast to the second')
  }
  return apply(expandOperator, [x, shapeVector(shape, [...sources, x])], {}, { dtype: x.dtype, shape })
}

/** Repeats `x` along axes of extent 1 (and new leading axes) to `shape`; symbols are read off `x` and `sources`. */
export const expand = (x: Tensor, shape: Shape, sources: readonly Tensor[] = []): Tensor => expandTo(x, shape, sources)

/** Broadcasts to the shape of another tensor. */
export const expandLike = (x: Tensor, like: Tensor): Tensor => expandTo(x, like.shape, [like])

const concatOperator: Operator = {
  name: 'Concat',
  gradient: ({ inputs, attributes: { axis } }, [d]) => {
    const along = axis!.value as number
    const parts = inputs as readonly Tensor[]
    if (parts.every(part => typeof part.shape[along] === 'number')) {
      return split(
        d!,
        parts.map(part => part.shape[along] as number),
        along,
      )
    }
    const sizes = concat(
      parts.map(part => extents(part, along, along + 1)),
      0,
    )
    const types = parts.map(part => ({ dtype: part.dtype, shape: part.shape }))
    return new Node(splitOperator, [d!, sizes], { axis: { type: 'int', value: along } }, types).outputs
  },
}

/** Joins tensors along one axis. */
export function concat(parts: readonly Tensor[], axis = 0): Tensor {
  const [first] = parts
  if (!first) throw new InterplayError('shape/mismatch', 'Concat: no tensors to join')
  if (parts.length === 1) return first
  const along = normalAxis('Concat', axis, first.rank)
  for (const part of parts) {
    const agree = part.rank === first.rank && part.shape.every((extent, i) => i === along || extent === first.shape[i])
    if (!agree || part.dtype !== first.dtype) {
      throw shapeMismatch(
        'Concat',
        parts.map(each => each.shape),
        `they differ outside axis ${along}, or in type`,
      )
    }
  }
  const shape = first.shape.map((extent, i) =>
    i === along ? parts.map(part => part.shape[i]!).reduce(addDimensions) : extent,
  )
  return apply(concatOperator, parts, { axis: { type: 'int', value: along } }, { dtype: first.dtype, shape })
}

/** Joins tensors of one shape along a new axis. */
export const stack = (parts: readonly Tensor[], axis = 0): Tensor =>
  concat(
    parts.map(part => unsqueeze(part, axis)),
    axis,
  )

const splitOperator: Operator = {
  name: 'Split',
  gradient: ({ inputs: [x], outputs, attributes: { axis } }, gradients) => {
    const parts = outputs.map((output, i) => gradients[i] ?? output.zerosLike())
    return [x && concat(parts, axis!.value as number), undefined]
  },
}

/** Cuts along one axis into parts of these extents. */
export function split(x: Tensor, sizes: readonly number[], axis = 0): readonly Tensor[] {
  const along = normalAxis('Split', axis, x.rank)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (x.shape[along] !== total) throw shapeMismatch('Split', [x.shape], `parts of ${total} do not fill axis ${along}`)
  if (sizes.length === 1) return [x]
  const types = sizes.map(size => ({
    dtype: x.dtype,
    shape: x.shape.map((extent, i) => (i === along ? size : extent)),
  }))
  return new Node(splitOperator, [x, int64(sizes)], { axis: { type: 'int', value: along } }, types).outputs
}

const sliceOperator: Operator = {
  name: 'Slice',
  gradient: ({ inputs: [x, ...bounds] }, [d]) => {
    const [starts, ends, axes, steps] = bounds.map(numbers) as [number[], number[], number[], number[]]
    return [axes.reduce((rest, axis, i) => unslice(rest, x!, axis, starts[i]!, ends[i]!, steps[i]!), d!)]
  },
}

/** Puts `d` back where the slice of one axis took it from, zeros elsewhere. */
function unslice(d: Tensor, x: Tensor, axis: number, start: number, end: number, step: number): Tensor {
  if (reverses(start, end, step)) return flip(d, axis)
  if (step !== 1) return scatterStride(d, x, axis, start, step)
  const extent = x.shape[axis]!
  const first = start < 0 ? addDimensions(extent, start) : start
  const before = typeof first === 'number' ? Math.max(first, 0) : first
  const after =
    end >= whole
      ? 0
      : end < 0
        ? -end
        : subtractDimensions(extent, Math.min(end, typeof extent === 'number' ? extent : end))
  return padAxis(d, axis, before, after, x)
}

function scatterStride(d: Tensor, x: Tensor, axis: number, start: number, stride: number): Tensor {
  const extent = x.shape[axis]
  const count = d.shape[axis]
  if (typeof extent !== 'number' || typeof count !== 'number') {
    throw new InterplayError('shape/mismatch', `Slice: a stride over the symbolic axis ${axis} has no gradient`)
  }
  const first = start < 0 ? Math.max(start + extent, 0) : Math.min(start, extent - 1)
  const source = new Array<number>(extent).fill(-1)
  for (let i = 0; i < count; i++) source[first + i * stride] = i
  const shape = d.shape.map((own, i) => (i === axis ? 1 : own))
  const zero = constant(0, [], d.dtype).expand(shape, [d])
  const indices = constant(
    source.map(i => (i < 0 ? count : i)),
    [extent],
    'int32',
  )
  return concat([d, zero], axis).gather(indices, axis)
}

const numbers = (tensor: Tensor | undefined): number[] => Array.from(constantValue(tensor!)!.data, Number)

const padOperator: Operator = {
  name: 'Pad',
  gradient: ({ inputs: [x, pads] }, [d]) => {
    const sizes = numbers(pads)
    // a negative pad cuts off, so the product pads
    if (sizes.some(size => size < 0))
      return [
        pad(
          d!,
          sizes.map(size => 0 - size),
        ),
        undefined,
        undefined,
      ]
    const unpadded = x!.shape.reduce<Tensor>((rest, _, axis) => {
      const [before, after] = [sizes[axis]!, sizes[axis + x!.rank]!]
      return before === 0 && after === 0 ? rest : slice(rest, axis, before, after === 0 ? undefined : -after)
    }, d!)
    return [unpadded, undefined, undefined]
  },
}

/** Pads one axis with zeros by extents that may be symbols; used by gradients, where the unpadded extent is known. */
function padAxis(d: Tensor, axis: number, before: Dimension, after: Dimension, x: Tensor): Tensor {
  if (before === 0 && after === 0) return d
  const zeros = (extent: Dimension) =>
    constant(0, [], d.dtype).expand(
      d.shape.map((own, i) => (i === axis ? extent : own)),
      [d, x],
    )
  if (typeof before === 'number' && typeof after === 'number') {
    const sizes = Array.from({ length: d.rank * 2 }, (_, i) => (i === axis ? before : i === axis + d.rank ? after : 0))
    return pad(d, sizes)
  }
  return concat([...(before === 0 ? [] : [zeros(before)]), d, ...(after === 0 ? [] : [zeros(after)])], axis)
}

/** Pads with a constant; `sizes` are all axes' counts before, then all axes' counts after (ONNX order). */
export function pad(x: Tensor, sizes: readonly number[], value = 0): Tensor {
  if (sizes.length !== x.rank * 2)
    throw shapeMismatch('Pad', [x.shape], `takes ${x.rank * 2} sizes, got ${sizes.length}`)
  const shape = x.shape.map((extent, i) => addDimensions(extent, sizes[i]! + sizes[i + x.rank]!))
  const attributes = { mode: { type: 'string', value: 'constant' } } as const
  return apply(padOperator, [x, int64(sizes), constant(value, [], x.dtype)], attributes, { dtype: x.dtype, shape })
}

const whole = 0x7fffffff

/** Whether a slice is the whole axis backwards, whatever its extent. */
const reverses = (start: number, end: number, step: number): boolean => step === -1 && start === -1 && end <= -whole

/** The elements start, start + step, ... before `end` along one axis; negative positions count from the end. */
export function slice(x: Tensor, axis: number, start: number, end?: number, step = 1): Tensor {
  const along = normalAxis('Slice', axis, x.rank)
  const last = end ?? (step > 0 ? whole : -whole)
  const shape = x.shape.map((extent, i) => (i === along ? sliceExtent(extent, start, last, step) : extent))
  return apply(
    sliceOperator,
    [x, int64([start]), int64([last]), int64([along]), int64([step])],
    {},
    { dtype: x.dtype, shape },
  )
}

function sliceExtent(extent: Dimension, start: number, end: number, step: number): Dimension {
  if (typeof extent === 'number') {
    const clamp = (position: number, low: number, high: number) =>
      Math.min(Math.max(position < 0 ? position + extent : position, low), high)
    const [from, to] =
      step > 0
        ? [clamp(start, 0, extent), clamp(end, 0, extent)]
        : [clamp(start, 0, extent - 1), end <= -whole ? -1 : clamp(end, -1, extent - 1)]
    return Math.max(0, Math.ceil((to - from) / step))
  }
  if (reverses(start, end, step)) return extent
  if (step !== 1)
    throw new InterplayError('shape/mismatch', `Slice: a step of ${step} needs a known extent, not ${extent}`)
  const from = start < 0 ? addDimensions(extent, start) : start
  const to = end >= whole ? extent : end < 0 ? addDimensions(extent, end) : end
  const count = subtractDimensions(to, from)
  return typeof count === 'number' ? Math.max(count, 0) : count
}

/** One position of one axis, the axis removed. */
export function at(x: Tensor, ...positions: number[]): Tensor {
  let result = x
  for (const position of positions)
    result = squeeze(slice(result, 0, position, position === -1 ? undefined : position + 1), 0)
  return result
}

/** The elements in reverse order along one axis. */
export const flip = (x: Tensor, axis = -1): Tensor => slice(x, axis, -1, undefined, -1)

/** Joins the axes from `start` on into one. */
export function flatten(x: Tensor, start = 1): Tensor {
  const kept = x.shape.slice(0, start)
  return reshape(x, [...kept, x.shape.slice(start).reduce(multiplyDimensions, 1)])
}
