import type { TensorLike, Tensor } from '../../tensor.ts'
import type { Jax, JaxArray, OperatorRecord, Sample, Values } from './record.ts'
import { booleans, floats, pointwise, shapeOf, someShapes, symbolic, type Range } from './values.ts'

type Rest = Omit<OperatorRecord, 'name' | 'samples'>

/** Record of an operator on each element. */
export function unaryRecord(
  name: string,
  builder: (x: Tensor) => Tensor,
  f: (x: number) => number,
  {
    range,
    jax,
    dtype,
    ...rest
  }: Rest & { range?: Range; jax?: (jax: Jax, x: JaxArray) => JaxArray; dtype?: Values['dtype'] } = {},
): OperatorRecord {
  return {
    name,
    samples: random => {
      const plain = someShapes(random).map(shape => floats(random, shape, range))
      const open = symbolic(floats(random, shapeOf(random, 3, 3), range), ['batch', undefined, 'length'])
      const large = { ...sampleOf(floats(random, [64, 1024], range), false), large: true }
      return [...plain.map(x => sampleOf(x, x.shape.length === 0 || x.shape.length === 2)), sampleOf(open, true), large]
    },
    ...rest,
  }
  function sampleOf(x: Values, asked: boolean): Sample {
    return { inputs: [x], build: builder, expected: pointwise([x], f, dtype), ...(asked && jax && { jax }) }
  }
}

/** Pairs of shapes that broadcast, both ways, with scalars and symbols. */
function pairs(
  random: Parameters<OperatorRecord['samples']>[0],
  draw: (shape: number[]) => Values,
): [Values, Values][] {
  const [m, n, k] = shapeOf(random, 3, 4) as [number, number, number]
  return [
    [draw([]), draw([])],
    [draw([n]), draw([])],
    [draw([m, n]), draw([n])],
    [draw([m, 1]), draw([1, n])],
    [draw([n]), draw([k, m, n])],
    [draw([2, 1, m, n]), draw([k, 1, n])],
    [symbolic(draw([m, n]), ['batch']), draw([n])],
    [symbolic(draw([m, n]), ['batch']), symbolic(draw([k, m, 1]), [undefined, 'batch'])],
  ]
}

/** Record of a broadcasting operator of two floats, with a number on either side as well. */
export function binaryRecord(
  name: string,
  builder: (a: Tensor, b: TensorLike) => Tensor,
  f: (a: number, b: number) => number,
  {
    range,
    second = range,
    jax,
    dtype,
    ...rest
  }: Rest & {
    range?: Range
    second?: Range
    jax?: (jax: Jax, a: JaxArray, b: JaxArray) => JaxArray
    dtype?: Values['dtype']
  } = {},
): OperatorRecord {
  const sampleOf = (a: Values, b: Values): Sample => ({
    inputs: [a, b],
    build: builder,
    expected: pointwise([a, b], f, dtype),
    ...(jax && { jax }),
  })
  return {
    name,
    samples: random => {
      const shapes = pairs(random, shape => floats(random, shape)).map(([a, b]) => [a, b] as const)
      const drawn = shapes.map(([a, b]) => sampleOf(like(a, range), like(b, second)))
      const x = floats(random, [3], range)
      const [number] = floats(random, [1], second).data as unknown as [number]
      const withNumber: Sample = {
        inputs: [x],
        build: a => builder(a, number),
        expected: pointwise([x], a => f(a, number), dtype),
      }
      const wide = sampleOf(floats(random, [64, 1024], range), floats(random, [1024], second))
      return [...drawn, withNumber, { ...wide, large: true }]
      function like(values: Values, own?: Range): Values {
        return { ...values, data: floats(random, values.shape, own).data }
      }
    },
    ...rest,
  }
}

/** Record of a broadcasting operator of two booleans. */
export function logicalRecord(
  name: string,
  builder: (a: Tensor, b: Tensor) => Tensor,
  f: (a: boolean, b: boolean) => boolean,
): OperatorRecord {
  return {
    name,
    notDifferentiable: 'its output is boolean',
    samples: random =>
      pairs(random, shape => booleans(random, shape)).map(([a, b]) => ({
        inputs: [a, b],
        build: builder,
        expected: pointwise([a, b], (x, y) => Number(f(!!x, !!y)), 'bool'),
      })),
  }
}
