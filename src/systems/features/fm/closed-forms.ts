import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { pairsByHand, vectorsOf } from '../shared/by-hand.ts'
import { FactorizationMachine } from './model.ts'

/** The log-odds against the double loop over pairs by hand: the largest difference. */
export async function doubleLoop(): Promise<number> {
  const spec = categoricalSpec([5, 6, 4, 7])
  const ids = randomIds(spec, 9)
  const { logits, value } = await probe(new FactorizationMachine(spec, 3), spec, { ids })
  const [linear, bias, table] = [value('linear.weight'), value('linear.bias')[0]!, value('embedding.weight')]
  const expected = Float64Array.from({ length: 9 }, (_, row) => {
    const first = vectorsOf(spec, linear, 1, ids, row).reduce((sum, [weight]) => sum + weight!, bias)
    return first + pairsByHand(vectorsOf(spec, table, 3, ids, row))
  })
  return distance(expected, logits)
}
