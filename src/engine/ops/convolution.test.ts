import { describe } from 'vitest'
import { golden, type Attributes } from './golden.testing.ts'

const windows = ({ strides, pads, dilations, group }: Attributes) => ({
  stride: strides as number[],
  padding: pads as number[],
  dilation: dilations as number[],
  groups: group as number,
})

describe('conv', () => {
  golden('conv', ({ x, weight, bias }, attributes) => x!.conv(weight!, bias, windows(attributes)), {
    batched: ['x', 'cotangent'],
  })
})

describe('convTranspose', () => {
  golden(
    'conv-transpose',
    ({ x, weight, bias }, attributes) =>
      x!.convTranspose(weight!, bias, {
        ...windows(attributes),
        outputPadding: attributes.output_padding as number[],
      }),
    { batched: ['x', 'cotangent'] },
  )
})
