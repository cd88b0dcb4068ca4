import { describe } from 'vitest'
import { golden } from './golden.testing.ts'
import type { GridSampleOptions } from './grid-sample.ts'

describe('gridSample and affineGrid', () => {
  golden(
    'grid-sample',
    ({ x, grid, theta }, { operator, size, mode, padding_mode, align_corners }) =>
      operator === 'AffineGrid'
        ? theta!.affineGrid((size as number[]).slice(2), { alignCorners: align_corners === 1 })
        : x!.gridSample(grid!, {
            mode: mode as GridSampleOptions['mode'] & string,
            padding: padding_mode as GridSampleOptions['padding'] & string,
            alignCorners: align_corners === 1,
          }),
    { batched: ['x', 'grid', 'theta', 'cotangent'] },
  )
})
