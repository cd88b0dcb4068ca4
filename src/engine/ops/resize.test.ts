import { describe } from 'vitest'
import { golden } from './golden.testing.ts'
import type { ResizeOptions } from './resize.ts'

const corners: Record<string, ResizeOptions['corners']> = {
  half_pixel: 'halfPixel',
  align_corners: 'alignCorners',
  asymmetric: 'asymmetric',
}

describe('resize', () => {
  golden(
    'resize',
    ({ x }, { mode, sizes, coordinate_transformation_mode, antialias }) =>
      x!.resize((sizes as number[]).slice(2), {
        mode: mode as 'linear',
        corners: corners[coordinate_transformation_mode as string]!,
        antialias: antialias === 1,
      }),
    { batched: ['x', 'cotangent'] },
  )
})
