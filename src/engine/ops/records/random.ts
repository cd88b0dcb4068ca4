import * as ops from '../random.ts'
import { Random } from '../../../random/index.ts'
import type { OperatorRecord, Values } from './record.ts'
import { floats, pointwise, symbolic } from './values.ts'

/** The generator of a program's first step, by the suite's seed. */
const generator = (stream: string) => new Random(1, stream, 0)

const drawn = (shape: readonly number[], draw: () => number): Values => ({
  dtype: 'float',
  shape,
  data: Float64Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, () =>
    Math.fround(draw()),
  ),
})

export const randomRecords: readonly OperatorRecord[] = [
  {
    name: 'dropout',
    samples: random =>
      [[7], [3, 5], [2, 3, 4]].map(shape => {
        const x = floats(random, shape)
        const kept = generator('mask').bytes(new Uint8Array(x.data.length))
        const mask = { ...x, data: Float64Array.from(kept, byte => Number(byte < 192)) }
        return {
          inputs: [symbolic(x, ['batch'])],
          build: leaf => ops.dropout(leaf, 0.25, 'mask'),
          jax: ({ np }, leaf) => {
            const scale = mask.data.map(keep => (keep * 256) / 192)
            return np.multiply(leaf!, np.array(scale, { shape: [...shape], dtype: np.float64 }))
          },
          expected: pointwise([x, mask], (value, keep) => (value! * keep! * 256) / 192),
        }
      }),
  },
  {
    name: 'randomNormal',
    notDifferentiable: 'drawn on the host',
    float32Only: 'drawn in float32',
    samples: () => {
      const random = generator('noise')
      return [
        { inputs: [], build: () => ops.randomNormal([3, 4], 'noise'), expected: drawn([3, 4], () => random.normal()) },
      ]
    },
  },
  {
    name: 'randomUniform',
    notDifferentiable: 'drawn on the host',
    float32Only: 'drawn in float32',
    samples: () => {
      const random = generator('noise')
      return [
        {
          inputs: [],
          build: () => ops.randomUniform([3, 4], 'noise'),
          expected: drawn([3, 4], () => random.next() / 2 ** 32),
        },
      ]
    },
  },
]
