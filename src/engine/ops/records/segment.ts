import * as ops from '../segment.ts'
import { constant, float32, input, int32, type Tensor } from '../../tensor.ts'
import type { Golden, Jax, JaxArray, OperatorRecord, Sample, Values } from './record.ts'
import { distinct, element, integers, symbolic, tabulate } from './values.ts'

type Builder = (x: Tensor, segments: Tensor, count: number) => Tensor
const count = 5

/** The rows of each segment, of which the last has none; once sorted on the host, once born inside the graph. */
function samplesOf(
  random: Parameters<OperatorRecord['samples']>[0],
  builder: Builder,
  f: (x: Values, segments: Values) => Values,
  jax?: (np: Jax['np'], x: JaxArray, members: JaxArray) => JaxArray,
): Sample[] {
  return [[9], [7, 3], [6, 2, 2]].flatMap((shape, i) => {
    const x = distinct(random, shape)
    const segments = integers(random, [shape[0]!], count - 1)
    const inputs = i === 1 ? [symbolic(x, ['rows']), symbolic(segments, ['rows'])] : [x, segments]
    const expected = f(x, segments)
    const born: Builder = (leaf, ids) => builder(leaf, ids.mul(1).maximum(0), count)
    return [
      {
        inputs,
        build: (leaf, ids) => builder(leaf!, ids!, count),
        expected,
        ...(jax && {
          jax: ({ np }: Jax, leaf: JaxArray) => {
            const hot = tabulate([shape[0]!, count], ([row, segment]) => Number(segments.data[row!] === segment))
            const members = np.array(hot.data, { shape: [...hot.shape], dtype: np.float64 })
            return np.reshape(jax(np, np.reshape(leaf, [shape[0]!, -1]), members), [...shape])
          },
        }),
      },
      { inputs, build: (leaf, ids) => born(leaf!, ids!, count), expected },
    ] satisfies Sample[]
  })
}

const perSegment = (f: (elements: number[]) => number) => (x: Values, segments: Values) =>
  tabulate([count, ...x.shape.slice(1)], ([segment, ...rest]) => f(rowsOf(x, segments, segment!, rest)))

const rowsOf = (x: Values, segments: Values, segment: number, rest: readonly number[]): number[] =>
  [...segments.data].flatMap((own, row) => (own === segment ? [element(x, [row, ...rest])] : []))

const total = (elements: number[]) => elements.reduce((sum, value) => sum + value, 0)

/** PyTorch's embedding bag: rows by id, pooled over the segments that start at these offsets. */
const pooled = (builder: Builder, mode: string): Golden => ({
  file: 'scatter',
  cases: new RegExp(`^segments-${mode}$`),
  build: ({ weight, ids, offsets }) => {
    const [length, bags] = [ids!.shape[0] as number, offsets!.shape[0] as number]
    const places = constant(Int32Array.from({ length }, (_, i) => i)).reshape([length, 1])
    const segments = places.greaterOrEqual(offsets!).cast('int32').sum(1).sub(1)
    return builder(weight!.gather(ids!), segments, bags)
  },
})

const refusals = (name: string, builder: Builder) => [
  {
    build: () => builder(input('x', float32([4, 2])), input('s', int32([3])), count),
    message: `${name}: takes one integer for each of the 4 rows, got int32[3]`,
  },
]

export const segmentRecords: readonly OperatorRecord[] = [
  {
    name: 'segmentSum',
    samples: random => samplesOf(random, ops.segmentSum, perSegment(total)),
    golden: {
      file: 'scatter',
      cases: /^index-add-axis-0$/,
      build: ({ x, source, index }) => x!.add(ops.segmentSum(source!, index!, x!.shape[0] as number)),
    },
    refusals: refusals('SegmentSum', ops.segmentSum),
  },
  {
    name: 'segmentMean',
    samples: random =>
      samplesOf(
        random,
        ops.segmentMean,
        perSegment(elements => total(elements) / Math.max(elements.length, 1)),
      ),
    golden: pooled(ops.segmentMean, 'mean'),
    refusals: refusals('SegmentSum', ops.segmentMean),
  },
  {
    name: 'segmentMax',
    samples: random =>
      samplesOf(
        random,
        ops.segmentMax,
        perSegment(elements => (elements.length === 0 ? 0 : Math.max(...elements))),
      ),
    golden: pooled(ops.segmentMax, 'max'),
    refusals: refusals('SegmentMax', ops.segmentMax),
  },
  {
    name: 'segmentSoftmax',
    samples: random =>
      samplesOf(
        random,
        ops.segmentSoftmax,
        (x, segments) =>
          tabulate(x.shape, index => {
            const [row, ...rest] = index
            const own = rowsOf(x, segments, segments.data[row!]!, rest)
            return Math.exp(element(x, index)) / total(own.map(Math.exp))
          }),
        (np, x, members) => {
          const powers = np.exp(x)
          const sums = np.matmul(np.transpose(members.ref), powers.ref)
          return np.divide(powers, np.matmul(members, sums))
        },
      ),
    refusals: refusals('SegmentMax', ops.segmentSoftmax),
  },
]
