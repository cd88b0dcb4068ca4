import {
  functionPredictor,
  lossOf,
  maskedPredictor,
  PermutationEffects,
  rashomonCloud,
  type Labels,
} from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'

/** f = x1 + x2 + x1 x2 on one row of ones, whose label 3 it answers. */
const single = () => {
  const columns = [Float64Array.of(1), Float64Array.of(1)]
  const labels: Labels = { kind: 'regression', values: Float64Array.of(3) }
  const predictor = functionPredictor(([a, b]) => a! + b! + a! * b!, { fields: ['x1', 'x2'] })
  return { columns, labels, model: maskedPredictor(predictor, columns) }
}

/** Excess losses at the even split of an epsilon of 0.1, by directions: where the roots are exact, and as searched. */
export async function haloForm(): Promise<{ directions: string; exact: number; analytic: number; searched: number }[]> {
  const { columns, labels, model } = single()
  const exact: Record<string, number> = { '--': 0.18897591, '-+': 0.00015625, '++': 0.21133659, '+-': 0.00015625 }
  const cloud = await rashomonCloud(model, columns, labels, { epsilon: 0.1, models: 0, repeats: 1 })
  const even = cloud.sets[0]!.points.filter(({ split }) => split?.[0] === 5)
  return even.map(({ directions, excess }) => {
    const key = directions!.map(way => (way === 1 ? '+' : '-')).join('')
    // 4 (m - 1)^2 = level: a dial alone takes the loss to its level at 1 +- sqrt(level) / 2
    const [a, b] = directions!.map(way => 1 + (way * Math.sqrt(0.05)) / 2) as [number, number]
    return { directions: key, exact: exact[key]!, analytic: (a + b + a * b - 3) ** 2, searched: excess }
  })
}

export interface PermutationForm {
  name: string
  measured: [first: number, second: number, joint: number, fis: number]
  expected: [number, number, number, number]
}

/** Rises of the squared error of functions of standard normal inputs that answer their labels exactly: twice the total variances. */
export async function permutationForms(rows: number, repeats: number, seed: number): Promise<PermutationForm[]> {
  const random = new Random(seed, 'fis-rashomon.normal')
  const columns = [0, 1].map(() => new Float64Array(rows).map(() => random.normal()))
  const forms: [string, (a: number, b: number) => number, PermutationForm['expected']][] = [
    ['x1 + x2', (a, b) => a + b, [2, 2, 4, 0]],
    ['x1 x2', (a, b) => a * b, [2, 2, 2, -2]],
    ['x1 + x2 + x1 x2', (a, b) => a + b + a * b, [4, 4, 6, -2]],
  ]
  const results: PermutationForm[] = []
  for (const [name, form, expected] of forms) {
    const predictor = functionPredictor(([a, b]) => form(a!, b!), { fields: ['x1', 'x2'] })
    const model = maskedPredictor(predictor, columns)
    const labels: Labels = { kind: 'regression', values: await predictor.predict(columns) }
    const effects = new PermutationEffects(model, columns, lossOf('squared error', labels, 'value'), { repeats, seed })
    const [first, second] = [await effects.of([0], [1, 1], 0), await effects.of([1], [1, 1], 0)]
    const { joint, fis } = await effects.interaction([0, 1], [1, 1], 0, f => (f === 0 ? first : second))
    results.push({ name, measured: [first, second, joint, fis], expected })
  }
  return results
}

/** The largest distance of a form, relative to the joint rise. */
export const distanceOf = ({ measured, expected }: PermutationForm): number =>
  Math.max(...measured.map((value, i) => Math.abs(value - expected[i]!))) / expected[2]
