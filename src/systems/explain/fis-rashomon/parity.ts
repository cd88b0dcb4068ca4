import type { Labels, LossName } from '../../../lenses/index.ts'
import { functionPredictor, levels, lossOf, maskedPredictor, turnDial, type Turned } from '../../../lenses/index.ts'
import { goldenCases, type GoldenCase } from '../../../study/index.ts'

export interface SearchParity {
  name: string
  /** |loss difference| of the model itself. */
  loss: number
  /** Largest difference of a dial, over fields, levels and directions. */
  dials: number
  /** Dials compared; those that are powerless stop elsewhere. */
  compared: number
}

/** Cases of the authors' greedy search, undefined where the fixtures are not at hand. */
export async function searchParities(): Promise<SearchParity[] | undefined> {
  const cases = await goldenCases('fis-rashomon')
  return cases && Promise.all(cases.map(searchParity))
}

/** The authors' code rounds inputs to single precision. */
async function searchParity({ name, tensors, configuration }: GoldenCase): Promise<SearchParity> {
  const values = (key: string) => tensors[key]!.data as Float64Array
  const [rows, fields] = tensors['input/x']!.dims as [number, number]
  const columns = Array.from({ length: fields }, (_, f) =>
    Float64Array.from({ length: rows }, (_, r) => values('input/x')[r * fields + f]!),
  )
  const { loss: lossName, epsilonRate } = configuration as { loss: LossName; epsilonRate: number }
  const labels: Labels = { kind: lossName === 'log loss' ? 'binary' : 'regression', values: values('input/y') }
  const predictor = functionPredictor(scoreOf(tensors, fields), {
    fields: columns.map((_, f) => `x${f}`),
    output: { kind: lossName === 'log loss' ? 'probability' : 'value', names: ['y'] },
  })
  const model = maskedPredictor(predictor, columns)
  const loss = lossOf(lossName, labels, model.output)
  const lossAt = async (f: number, dial: number) =>
    loss(
      await model.predict(
        columns,
        columns.map((_, k) => (k === f ? dial : 1)),
      ),
    )
  const reference = await lossAt(0, 1)
  let [dials, compared] = [0, 0]
  for (let f = 0; f < fields; f++)
    for (const [k, direction] of ([1, -1] as const).entries()) {
      const turned: Turned = await turnDial(
        async dial => (await lossAt(f, dial)) - reference,
        epsilonRate * reference,
        direction,
      )
      if (turned.powerless) continue
      for (let level = 0; level < levels; level++) {
        const expected = values('output/masks')[(f * levels + level) * 2 + k]!
        dials = Math.max(dials, Math.abs(turned.dials[level]! - expected))
        compared++
      }
    }
  return { name, loss: Math.abs(reference - values('output/loss')[0]!), dials, compared }
}

type Score = (row: Float64Array) => number

function scoreOf(tensors: GoldenCase['tensors'], fields: number): Score {
  const read = (key: string) => tensors[`parameter/${key}`]?.data as Float64Array | undefined
  const dot = (weights: Float64Array, start: number, x: ArrayLike<number>, length: number) => {
    let sum = 0
    for (let i = 0; i < length; i++) sum += weights[start + i]! * x[i]!
    return sum
  }
  const weight = read('weight')
  if (weight) {
    const [bias] = read('bias')!
    return row => 1 / (1 + Math.exp(-(dot(weight, 0, row.map(Math.fround), fields) + bias!)))
  }
  const [first, bias, second, last] = ['first.weight', 'first.bias', 'second.weight', 'second.bias'].map(key =>
    read(key)!,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array]
  return row => {
    const x = row.map(Math.fround)
    const hidden = bias.map((b, h) => Math.max(0, dot(first, h * fields, x, fields) + b))
    return dot(second, 0, hidden, hidden.length) + last[0]!
  }
}
