import { decayScan, linearScan } from '../linear-scan.ts'
import { scan } from '../scan.ts'
import { float32, input } from '../../tensor.ts'
import type { OperatorRecord, Values } from './record.ts'
import { element, floats, size, symbolic, tabulate } from './values.ts'

/** All h of h_t = a_t h_{t-1} + b_t along `axis`, from `start`. */
function recurrence(a: Values, b: Values, axis: number, reverse: boolean, start?: Values): Values {
  const known = new Map<string, number>()
  const length = b.shape[axis]!
  const at = (index: readonly number[]): number => {
    const key = index.join()
    const found = known.get(key)
    if (found !== undefined) return found
    const before = index[axis]! + (reverse ? 1 : -1)
    const previous =
      before >= 0 && before < length
        ? at(index.with(axis, before))
        : start
          ? element(start, index.toSpliced(axis, 1))
          : 0
    const h = element(a, index) * previous + element(b, index)
    known.set(key, h)
    return h
  }
  return tabulate(b.shape, at)
}

/** h' = tanh(h W + x) with output h' * c: states by rows of [batch, width]. */
function elman(x: Values, weight: Values, start: Values, gain: Values): { last: Values; all: Values } {
  const [length, batch, width] = x.shape as [number, number, number]
  const all = new Float64Array(size(x.shape))
  let h = start.data
  for (let t = 0; t < length; t++) {
    const previous = h
    h = Float64Array.from({ length: batch * width }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width]
      let sum = element(x, [t, row, column])
      for (let k = 0; k < width; k++) sum += previous[row * width + k]! * element(weight, [k, column])
      return Math.tanh(sum)
    })
    all.set(
      h.map((value, i) => value * gain.data[i % width]!),
      t * batch * width,
    )
  }
  return { last: { ...start, data: h }, all: { ...x, data: all } }
}

export const scanRecords: readonly OperatorRecord[] = [
  {
    name: 'scan',
    samples: random => {
      const x = symbolic(floats(random, [4, 2, 3]), ['length', 'batch'])
      const weight = floats(random, [3, 3], { low: -0.7, high: 0.7 })
      const start = symbolic(floats(random, [2, 3]), ['batch'])
      const gain = floats(random, [3])
      const { last, all } = elman(x, weight, start, gain)
      const sums = floats(random, [2, 5, 3])
      return [
        {
          inputs: [x, weight, start, gain],
          build: (x, weight, start, gain) => {
            const result = scan(
              ([h], [slice]) => {
                const next = h!.matmul(weight).add(slice!).tanh()
                return { states: [next], outputs: [next.mul(gain)] }
              },
              { initial: [start], inputs: [x] },
            )
            return [result.states[0]!, result.outputs[0]!]
          },
          expected: [last, all],
        },
        {
          inputs: [symbolic(sums, ['batch'])],
          build: x => {
            const zero = x.sum(1).mul(0)
            const { outputs } = scan(
              ([total], [slice]) => ({ states: [total!.add(slice!)], outputs: [total!.mul(slice!)] }),
              { initial: [zero], inputs: [x], axis: 1, reverse: true },
            )
            return outputs
          },
          expected: tabulate([2, 5, 3], ([n, t, c]) => {
            let later = 0
            for (let k = t! + 1; k < 5; k++) later += element(sums, [n!, k, c!])
            return later * element(sums, [n!, t!, c!])
          }),
        },
      ]
    },
    refusals: [
      {
        build: () => scan(([h]) => ({ states: [h!] }), { initial: [], inputs: [] }),
        message: 'Scan: takes at least one input to cut',
      },
      {
        build: () => {
          const x = input('x', float32([5, 2]))
          return scan(([h]) => ({ states: [h!.sum(0)] }), { initial: [input('h', float32([2]))], inputs: [x] })
        },
        message: 'Scan: the states are float32[2] before a step and float32[] after it',
      },
      {
        build: () =>
          scan(([h]) => ({ states: [h!] }), {
            initial: [input('h', float32([2]))],
            inputs: [input('x', float32([5, 2])), input('y', float32([4, 2]))],
          }),
        message: 'Scan: [5, 2] by [4, 2]; they differ along axis 0',
      },
    ],
  },
]

export const linearScanRecords: readonly OperatorRecord[] = [
  {
    name: 'linearScan',
    samples: random => {
      const [a, b] = [floats(random, [5, 2, 3]), floats(random, [5, 2, 3])]
      const start = symbolic(floats(random, [2, 3]), ['batch'])
      const symbols = ['length', 'batch']
      const [c, d] = [floats(random, [2, 6]), floats(random, [2, 6])]
      return [
        {
          inputs: [symbolic(a, symbols), symbolic(b, symbols), start],
          build: (a, b, initial) => linearScan(a, b, { initial }),
          expected: recurrence(a, b, 0, false, start),
        },
        {
          inputs: [symbolic(c, ['batch']), symbolic(d, ['batch'])],
          build: (a, b) => linearScan(a, b, { axis: 1, reverse: true }),
          expected: recurrence(c, d, 1, true),
        },
      ]
    },
    refusals: [
      {
        build: () => linearScan(input('a', float32([5, 2])), input('b', float32([5, 3]))),
        message: 'LinearScan: [5, 2] by [5, 3]; both take one shape',
      },
    ],
  },
  {
    name: 'decayScan',
    samples: random =>
      (
        [
          [7, 2],
          [5, 8],
          [9, 3],
          [9, 1],
        ] as const
      ).map(([length, chunk], i) => {
        const decay = floats(random, [2, length], { low: -1.5, high: 0 })
        const b = floats(random, [2, length, 3])
        const factors = tabulate(b.shape, ([n, t]) => Math.exp(element(decay, [n!, t!])))
        return {
          inputs: i === 0 ? [symbolic(decay, ['batch']), symbolic(b, ['batch'])] : [decay, b],
          build: (decay, b) => decayScan(decay, b, chunk + 1),
          expected: recurrence(factors, b, 1, false),
        }
      }),
    refusals: [
      {
        build: () => decayScan(input('l', float32([2, 'T'])), input('b', float32([2, 'T', 3]))),
        message: 'DecayScan: [2, T] by [2, T, 3]; takes [..., T] and [..., T, D] with T known',
      },
    ],
  },
]
