import { describe } from 'vitest'
import { golden, type Attributes } from './golden.testing.ts'

const windows = ({ strides, pads, dilations }: Attributes) => ({
  stride: strides as number[],
  padding: pads as number[],
  dilation: dilations as number[],
})

describe('unfold and fold', () => {
  golden(
    'fold',
    ({ x }, attributes) => {
      const kernel = attributes.block_shape as number[]
      return attributes.operator === 'Im2Col'
        ? x!.unfold(kernel, windows(attributes))
        : x!.fold(attributes.image_shape as number[], kernel, windows(attributes))
    },
    { batched: ['x', 'cotangent'] },
  )
})
