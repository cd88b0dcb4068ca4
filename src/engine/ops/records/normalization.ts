import * as ops from '../normalization.ts'
import { float32, input } from '../../tensor.ts'
import type { JaxArray, OperatorRecord, Values } from './record.ts'
import { alongAxis, element, floats, pointwise, reduced, symbolic, tabulate } from './values.ts'

const epsilon = 1e-3
const mean = (line: readonly number[]) => line.reduce((sum, x) => sum + x, 0) / line.length
const variance = (line: readonly number[]) => mean(line.map(x => (x - mean(line)) ** 2))
const standard = (line: readonly number[]) => line.map(x => (x - mean(line)) / Math.sqrt(variance(line) + epsilon))
const scales = { low: 0.5, high: 1.5 }

/** Values of the channels along an axis of a shape. */
const channelwise = ({ data }: Values, shape: readonly number[], axis: number): Values =>
  tabulate(shape, index => data[index[axis]!]!)

const affine = (h: Values, scale: Values, bias: Values, axis: number): Values =>
  pointwise(
    [h, channelwise(scale, h.shape, axis), channelwise(bias, h.shape, axis)],
    (x, gain, shift) => x! * gain! + shift!,
  )

/** h of each group of elements that share their index outside `axes`. */
function standardized(x: Values, axes: readonly number[]): Values {
  const [centre, spread] = [mean, variance].map(f => reduced(x, axes, true, f)) as [Values, Values]
  return pointwise([x, centre, spread], (value, m, v) => (value! - m!) / Math.sqrt(v! + epsilon))
}

export const normalizationRecords: readonly OperatorRecord[] = [
  {
    name: 'layerNorm',
    samples: random =>
      [[5], [3, 5], [2, 3, 5], [2, 2, 2, 4]].map(shape => {
        const channels = shape.at(-1)!
        const [x, scale, bias] = [floats(random, shape), floats(random, [channels], scales), floats(random, [channels])]
        return {
          inputs: [shape.length > 1 ? symbolic(x, ['batch']) : x, scale, bias],
          build: (leaf, gain, shift) => ops.layerNorm(leaf!, gain!, shift, epsilon),
          expected: affine(alongAxis(x, -1, standard), scale, bias, shape.length - 1),
        }
      }),
    golden: {
      file: 'norm',
      cases: /^layer-one-axis/,
      build: ({ x, weight, bias }, attributes) => ops.layerNorm(x!, weight!, bias, attributes.epsilon),
    },
  },
  {
    name: 'batchNorm',
    samples: random =>
      [
        [6, 3],
        [4, 3, 2],
        [3, 2, 2, 3],
      ].map(shape => {
        const channels = shape[1]!
        const axes = shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
        const [x, scale, bias] = [floats(random, shape), floats(random, [channels], scales), floats(random, [channels])]
        const flat = (f: (line: number[]) => number) => reduced(x, axes, false, f)
        return {
          inputs: [symbolic(x, ['batch']), scale, bias],
          build: (leaf, gain, shift) => {
            const { y, mean: centre, variance: spread } = ops.batchNorm(leaf!, gain!, shift!, epsilon)
            return [y, centre, spread]
          },
          expected: [affine(standardized(x, axes), scale, bias, 1), flat(mean), flat(variance)],
        }
      }),
    golden: {
      file: 'norm',
      cases: /^batch-training/,
      build: ({ x, weight, bias }, attributes) => ops.batchNorm(x!, weight!, bias!, attributes.epsilon).y,
    },
  },
  {
    name: 'linearBatchNorm',
    samples: random => {
      const x = floats(random, [6, 4])
      const [weight, bias] = [floats(random, [3, 4]), floats(random, [3])]
      const [scale, shift] = [floats(random, [3], scales), floats(random, [3])]
      const z = tabulate([6, 3], ([row, out]) =>
        [0, 1, 2, 3].reduce(
          (sum, k) => sum + element(x, [row!, k]) * element(weight, [out!, k]),
          element(bias, [out!]),
        ),
      )
      const flat = (f: (line: number[]) => number) => reduced(z, [0], false, f)
      return [
        {
          inputs: [symbolic(x, ['batch']), weight, bias, scale, shift],
          build: (leaf, w, b, gain, offset) => {
            const statistics = ops.linearBatchNorm(leaf!, w!, b, gain!, offset!, epsilon)
            return [statistics.y, statistics.mean, statistics.variance]
          },
          expected: [affine(standardized(z, [0]), scale, shift, 1), flat(mean), flat(variance)],
        },
      ]
    },
  },
  {
    name: 'normalize',
    samples: random =>
      [
        [4, 3],
        [2, 3, 4],
      ].map(shape => {
        const x = floats(random, shape)
        const [centre, scale, bias] = [floats(random, [3]), floats(random, [3], scales), floats(random, [3])]
        const spread = floats(random, [3], { low: 0.5, high: 2 })
        const at = (values: Values, index: readonly number[]) => values.data[index[1]!]!
        return {
          inputs: [symbolic(x, ['batch']), centre, spread, scale, bias],
          build: (leaf, m, v, gain, shift) => ops.normalize(leaf!, m!, v!, gain!, shift!, epsilon),
          jax: ({ np }, leaf, ...rest) => {
            const channels = [3, ...shape.slice(2).map(() => 1)]
            const [m, v, gain, shift] = rest.map(values => np.reshape(values, channels)) as [
              JaxArray,
              JaxArray,
              JaxArray,
              JaxArray,
            ]
            const h = np.divide(np.subtract(leaf!, m), np.sqrt(np.add(v, epsilon)))
            return np.add(np.multiply(h, gain), shift)
          },
          expected: tabulate(shape, index => {
            const h = (element(x, index) - at(centre, index)) / Math.sqrt(at(spread, index) + epsilon)
            return h * at(scale, index) + at(bias, index)
          }),
        }
      }),
  },
  {
    name: 'rmsNorm',
    samples: random =>
      [[5], [3, 5], [2, 3, 4]].map(shape => {
        const [x, scale] = [floats(random, shape), floats(random, [shape.at(-1)!], scales)]
        const h = alongAxis(x, -1, line => {
          const size = Math.sqrt(mean(line.map(value => value * value)) + epsilon)
          return line.map(value => value / size)
        })
        return {
          inputs: [shape.length > 1 ? symbolic(x, ['batch']) : x, scale],
          build: (leaf, gain) => ops.rmsNorm(leaf!, gain!, epsilon),
          expected: pointwise([h, scale], (value, gain) => value! * gain!),
        }
      }),
    golden: {
      file: 'norm',
      cases: /^root-mean-square/,
      build: ({ x, weight }, attributes) => ops.rmsNorm(x!, weight!, attributes.epsilon),
    },
  },
  {
    name: 'groupNorm',
    samples: random =>
      (
        [
          [[2, 6, 3], 3],
          [[2, 4], 2],
          [[2, 4, 2, 2], 1],
        ] as const
      ).map(([shape, groups]) => {
        const channels = shape[1]
        const [x, scale, bias] = [floats(random, shape), floats(random, [channels], scales), floats(random, [channels])]
        const grouped = { ...x, shape: [shape[0], groups, channels / groups, ...shape.slice(2)] }
        const axes = grouped.shape.flatMap((_, axis) => (axis > 1 ? [axis] : []))
        return {
          inputs: [symbolic(x, ['batch']), scale, bias],
          build: (leaf, gain, shift) => ops.groupNorm(leaf!, groups, gain!, shift!, epsilon),
          expected: affine({ ...standardized(grouped, axes), shape }, scale, bias, 1),
        }
      }),
    golden: {
      file: 'norm',
      cases: /^group-/,
      build: ({ x, weight, bias }, attributes) =>
        ops.groupNorm(x!, attributes.num_groups, weight!, bias!, attributes.epsilon),
    },
    refusals: [
      {
        build: () =>
          ops.groupNorm(input('x', float32([2, 5, 3])), 2, input('s', float32([5])), input('b', float32([5]))),
        message: 'GroupNorm: 5 channels are not 2 equal groups',
      },
    ],
  },
  {
    name: 'instanceNorm',
    samples: random =>
      [
        [2, 3, 5],
        [2, 2, 3, 2],
      ].map(shape => {
        const [x, scale, bias] = [
          floats(random, shape),
          floats(random, [shape[1]!], scales),
          floats(random, [shape[1]!]),
        ]
        const axes = shape.flatMap((_, axis) => (axis > 1 ? [axis] : []))
        return {
          inputs: [symbolic(x, ['batch', undefined, 'length']), scale, bias],
          build: (leaf, gain, shift) => ops.instanceNorm(leaf!, gain!, shift!, epsilon),
          expected: affine(standardized(x, axes), scale, bias, 1),
        }
      }),
    golden: {
      file: 'norm',
      cases: /^instance-/,
      build: ({ x, weight, bias }, attributes) => ops.instanceNorm(x!, weight!, bias!, attributes.epsilon),
    },
    refusals: [
      {
        build: () => ops.instanceNorm(input('x', float32([2, 5])), input('s', float32([5])), input('b', float32([5]))),
        message: 'InstanceNorm: [2, 5] has no positions to normalise over',
      },
    ],
  },
]
