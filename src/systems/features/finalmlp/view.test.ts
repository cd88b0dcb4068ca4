import { expect, it } from 'vitest'
import { TableLearner, trainingSettings } from '../../../train/index.ts'
import { finalmlp } from './index.ts'
import { FinalMlp } from './model.ts'
import { streamsView } from './view.ts'
import { productRows } from './worlds.ts'

const linear = {
  firstHidden: [6],
  secondHidden: [6],
  activation: 'identity',
  batchNorm: false,
  gating: false,
  heads: 2,
  embeddingDimension: 1,
}

it.each(['bilinear', 'product'])(
  'the weight of a pair is the second difference of linear streams, fused by a %s',
  async fusion => {
    const { spec, table } = productRows(3, 40)
    const model = new FinalMlp(spec, finalmlp.options.parse({ ...linear, fusion }))
    const learner = new TableLearner(model, spec, trainingSettings(40, { seed: 5, threads: 1 }))
    learner.state.write(
      model.embedding.numeric!,
      Float32Array.from({ length: 20 }, (_, f) => 1 + f / 10),
    )
    try {
      const { pairs } = await streamsView({ model, spec, state: learner.state }, table, { output: 0 })
      const without = (...fields: number[]) =>
        learner.logits({ ...table, numeric: table.numeric.map((x, i) => (fields.includes(i % 20) ? 0 : x)) })
      for (const [a, b] of [
        [0, 1],
        [3, 17],
      ] as const) {
        const [none, first, second, both] = [await without(), await without(a), await without(b), await without(a, b)]
        const mean = none.reduce((sum, x, r) => sum + Math.abs(x - first[r]! - second[r]! + both[r]!) / 40, 0)
        const { value } = pairs.find(({ set }) => set[0] === `x${a}` && set[1] === `x${b}`)!
        expect(value).toBeGreaterThan(0)
        expect(Math.abs(value / mean - 1)).toBeLessThan(1e-3)
      }
    } finally {
      await learner.close()
    }
  },
)

it('gates and parts of the logit are drawn; streams that only add have no weights of pairs', async () => {
  const { spec, table } = productRows(3, 40)
  const gated = { ...linear, gating: true, gateHidden: [4], fusion: 'sum' }
  const model = new FinalMlp(spec, finalmlp.options.parse(gated))
  const learner = new TableLearner(model, spec, trainingSettings(40, { seed: 5, threads: 1 }))
  try {
    const view = await streamsView({ model, spec, state: learner.state }, table, { output: 0 })
    expect(view.pairs).toEqual([])
    expect(view.figures.map(({ units }) => units)).toEqual(['mean gate', 'log-odds'])
    const logits = await learner.logits(table)
    const parts = view.figures[1]!.table.rows.filter(([row]) => row === 'row 3').map(row => row[2] as number)
    expect(parts).toHaveLength(2)
    expect(parts[0]! + parts[1]!).toBeCloseTo(logits[2]!, 5)
  } finally {
    await learner.close()
  }
})
