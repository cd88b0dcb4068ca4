import { openTable, resolveInput } from '../../../data/index.ts'
import type { Labels, Predictor } from '../../../lenses/index.ts'
import { functionPredictor } from '../../../lenses/index.ts'
import { dense, solve } from '../../../linear-algebra/index.ts'

/** The columns of the paper's recidivism study, 0 or 1. */
const columnsOf: Readonly<Record<string, (record: Readonly<Record<string, unknown>>) => boolean>> = {
  age: ({ age }) => Number(age) >= 18 && Number(age) <= 20,
  race: ({ race }) => race === 'African-American',
  prior: ({ priors_count: count }) => Number(count) === 0,
  gender: ({ sex }) => sex === 'Male',
  'juvenile crime': ({ juv_fel_count: felonies, juv_misd_count: misdemeanors, juv_other_count: others }) =>
    Number(felonies) + Number(misdemeanors) + Number(others) === 0,
  'current charge': ({ c_charge_degree: degree }) => degree === 'M',
}

/** Every third row is left for the cloud, the others are learned from. */
const tested = 3

export interface CompasRows {
  train: { columns: Float64Array[]; labels: Labels }
  test: { columns: Float64Array[]; labels: Labels }
}

export async function compasRows(signal?: AbortSignal): Promise<CompasRows> {
  const resolved = resolveInput('data:compas')
  await using table = await openTable(resolved.input, { signal })
  const records = await table.head(100_000)
  const part = (keep: (row: number) => boolean) => {
    const own = records.filter((_, row) => keep(row))
    const columns = Object.values(columnsOf).map(holds => Float64Array.from(own, record => Number(holds(record))))
    const values = Float64Array.from(own, record => Number(record.two_year_recid))
    return { columns, labels: { kind: 'binary' as const, values } }
  }
  return { train: part(row => row % tested !== 0), test: part(row => row % tested === 0) }
}

const newtonSteps = 12

/** Logistic regression by Newton's method; its mean log loss on the rows it learned from. */
export function logisticOf({ columns, labels }: CompasRows['train']): { predictor: Predictor; loss: number } {
  const names = Object.keys(columnsOf)
  const inputs = [new Float64Array(labels.values.length).fill(1), ...columns]
  let weights = new Float64Array(inputs.length)
  const logit = (row: number) => inputs.reduce((sum, column, k) => sum + weights[k]! * column[row]!, 0)
  for (let step = 0; step < newtonSteps; step++) {
    const hessian = dense(inputs.length, inputs.length)
    const gradient = dense(inputs.length, 1)
    for (let row = 0; row < labels.values.length; row++) {
      const p = 1 / (1 + Math.exp(-logit(row)))
      inputs.forEach((a, i) => {
        gradient.data[i]! += a[row]! * (labels.values[row]! - p)
        inputs.forEach((b, j) => (hessian.data[i * inputs.length + j]! += a[row]! * b[row]! * p * (1 - p)))
      })
    }
    const move = solve(hessian, gradient).data
    weights = weights.map((weight, k) => weight + move[k]!)
  }
  let loss = 0
  for (let row = 0; row < labels.values.length; row++)
    loss += Math.log1p(Math.exp((1 - 2 * labels.values[row]!) * logit(row))) / labels.values.length
  const [intercept, ...own] = weights
  const predictor = functionPredictor(row => own.reduce((sum, weight, k) => sum + weight * row[k]!, intercept!), {
    name: 'logistic',
    fields: names,
    output: { kind: 'logit', names: ['recidivates'] },
  })
  return { predictor, loss }
}
