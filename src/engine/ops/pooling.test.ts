import { describe } from 'vitest'
import { golden, type Attributes } from './golden.testing.ts'

const batched = ['x', 'cotangent']
const windows = ({ strides, pads, dilations, ceil_mode }: Attributes) => ({
  stride: strides as number[],
  padding: pads as number[],
  dilation: (dilations as number[] | undefined) ?? 1,
  ceil: ceil_mode === 1,
})

describe('maxPool', () => {
  golden('max-pool', ({ x }, attributes) => x!.maxPool(attributes.kernel_shape as number[], windows(attributes)), {
    batched,
  })
})

describe('averagePool', () => {
  golden(
    'average-pool',
    ({ x }, attributes) =>
      x!.averagePool(attributes.kernel_shape as number[], {
        ...windows(attributes),
        countPadding: attributes.count_include_pad === 1,
      }),
    { batched },
  )
})

describe('adaptive pools', () => {
  golden(
    'adaptive-pool',
    ({ x }, { output_size }, name) =>
      name.startsWith('max')
        ? x!.adaptiveMaxPool(output_size as number[])
        : x!.adaptiveAveragePool(output_size as number[]),
    { batched },
  )
})
