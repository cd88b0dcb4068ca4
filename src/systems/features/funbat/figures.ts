import {
  bandCurves,
  formatNumber,
  signedBlocks,
  surface,
  type ChartSpec,
  type SignedBlock,
} from '../../../charts/index.ts'
import { unscaled, type TensorMode } from '../../../data/index.ts'
import { curvesOf, predictAt, type Posterior } from './posterior.ts'

/** What a figure needs beside the posterior: its values are standardised, its positions scaled. */
export interface Drawn {
  posterior: Posterior
  modes: readonly TensorMode[]
  target: { name: string; mean: number; deviation: number }
  entries: string
}

const points = 61
const cells = 24
const curvesADrawing = 4

const even = (count: number) => Float64Array.from({ length: count }, (_, i) => i / (count - 1))

/** The functions of each mode with their bands, the core as signed blocks, and the surface over the first two modes. */
export function figuresOf(drawn: Drawn): ChartSpec[] {
  const { modes } = drawn
  return [...modes.flatMap((_, mode) => functionFigures(drawn, mode)), coreFigure(drawn), ...surfaces(drawn)]
}

function functionFigures({ posterior, modes, entries }: Drawn, mode: number): ChartSpec[] {
  const rank = posterior.ranks[mode]!
  const positions = even(points)
  const { means, covariances } = curvesOf(posterior, mode, positions)
  const at = Array.from(positions, position => unscaled(modes[mode]!, position))
  const curves = Array.from({ length: rank }, (_, r) => {
    const mean = Array.from(positions, (_, i) => means[i * rank + r]!)
    const reach = mean.map((_, i) => 1.96 * Math.sqrt(Math.max(covariances[(i * rank + r) * rank + r]!, 0)))
    return {
      name: functionName(r),
      mean,
      low: mean.map((value, i) => value - reach[i]!),
      high: mean.map((value, i) => value + reach[i]!),
    }
  })
  const parts = Array.from({ length: Math.ceil(rank / curvesADrawing) }, (_, part) =>
    curves.slice(part * curvesADrawing, (part + 1) * curvesADrawing),
  )
  return parts.map(part =>
    bandCurves({
      field: modes[mode]!.name,
      at,
      curves: part,
      units: 'function value',
      sampleSize: entries,
      note:
        posterior.form === 'tucker'
          ? 'Bands are 95%. The functions of a mode are known together, up to a rotation that the core takes back.'
          : 'Bands are 95%.',
    }),
  )
}

const functionName = (r: number) => `function ${r + 1}`

/** One product of functions: which of each mode, and what it weighs. */
export interface CoreWeight {
  /** The function of each mode, from 0. */
  functions: readonly number[]
  /** In units of the target: the weight times the root mean squares of its functions over where entries were measured. */
  value: number
  low: number
  high: number
}

/** Of CP the r-th functions of all modes together, which weigh 1 but differ in size. */
export function coreWeights({ posterior, target }: Pick<Drawn, 'posterior' | 'target'>): CoreWeight[] {
  const { form, ranks, core } = posterior
  const sizes = ranks.map((rank, mode) => {
    const { means } = curvesOf(posterior, mode, posterior.modes[mode]!.positions)
    const count = means.length / rank
    return Array.from({ length: rank }, (_, r) =>
      Math.sqrt(means.reduce((sum, value, i) => sum + (i % rank === r ? value * value : 0), 0) / count),
    )
  })
  const size = core.mean.length
  return Array.from(core.mean, (weight, i) => {
    const functions = form === 'cp' ? ranks.map(() => i) : indicesOf(i, ranks)
    const scale = functions.reduce((product, r, mode) => product * sizes[mode]![r]!, target.deviation)
    const reach = 1.96 * Math.sqrt(core.covariance[i * size + i]!)
    return { functions, value: weight * scale, low: (weight - reach) * scale, high: (weight + reach) * scale }
  })
}

function indicesOf(flat: number, extents: readonly number[]): number[] {
  const indices: number[] = []
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    indices.unshift(flat % extents[axis]!)
    flat = Math.floor(flat / extents[axis]!)
  }
  return indices
}

function coreFigure(drawn: Drawn): ChartSpec {
  const { modes, target, entries } = drawn
  const [first, ...others] = modes.map(mode => mode.name)
  const blocks = coreWeights(drawn).map(({ functions: [head, ...rest], value, low, high }): SignedBlock => ({
    column: `${first} ${head! + 1}`,
    row: rest.map((r, k) => `${others[k]} ${r + 1}`).join(', '),
    value,
    low,
    high,
  }))
  return signedBlocks({
    blocks,
    columnTitle: `function of ${first}`,
    rowTitle: `functions of ${others.join(', ')}`,
    units: `units of ${target.name}`,
    sampleSize: entries,
    note: 'A weight of the core times the sizes of its functions. Blank: its 95% interval covers zero.',
  })
}

/** Three surfaces over the first two modes, the third mode low, middle and high, the others in the middle. */
function surfaces({ posterior, modes, target, entries }: Drawn): ChartSpec[] {
  const positions = even(cells)
  const levels = modes.length > 2 ? [0.1, 0.5, 0.9] : [0.5]
  const drawnAt = levels.map(level => {
    const at = modes.map((_, mode) =>
      Float64Array.from({ length: cells * cells }, (_, cell) => {
        if (mode === 0) return positions[Math.floor(cell / cells)]!
        if (mode === 1) return positions[cell % cells]!
        return mode === 2 ? level : 0.5
      }),
    )
    return Array.from(predictAt(posterior, at).mean, value => target.mean + target.deviation * value)
  })
  const all = drawnAt.flat()
  const axis = (mode: number) => ({
    field: modes[mode]!.name,
    at: Array.from(positions, position => unscaled(modes[mode]!, position)),
  })
  return drawnAt.map((values, i) =>
    surface({
      x: axis(0),
      y: axis(1),
      values,
      where:
        modes.length > 2
          ? modes
              .slice(2)
              .map((mode, k) => `${mode.name} ${formatNumber(unscaled(mode, k === 0 ? levels[i]! : 0.5))}`)
              .join(', ')
          : undefined,
      domain: [Math.min(...all), Math.max(...all)],
      units: target.name,
      sampleSize: entries,
    }),
  )
}
