import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { Logistic } from './model.ts'

/** The log-odds against a sum of weights by hand: the largest difference. */
export async function additive(): Promise<number> {
  const spec = categoricalSpec([5, 6, 4])
  const ids = randomIds(spec, 9)
  const { logits, value } = await probe(new Logistic(spec), spec, { ids })
  const weights = value('linear.weight')
  const [bias] = value('linear.bias')
  const starts = [0, 5, 11]
  const expected = Float64Array.from({ length: 9 }, (_, row) =>
    starts.reduce((sum, start, f) => sum + weights[start + ids[row * 3 + f]!]!, bias!),
  )
  return distance(expected, logits)
}
