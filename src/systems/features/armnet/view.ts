import { crossBars } from '../../../charts/index.ts'
import type { EncodedTable } from '../../../data/index.ts'
import type { OwnView, OwnViewOptions, TrainedTable } from '../../../system/index.ts'
import { frequentCrosses, pairWeight, relationsOf, rowCrosses } from './crosses.ts'
import type { ArmNet } from './model.ts'

/** Crosses drawn, at most. */
const drawnCrosses = 15

/** What the neurons multiply: the commonest crosses over rows; of one row, those that moved its answer most. */
export async function crossesView(
  trained: TrainedTable<ArmNet>,
  rows: EncodedTable,
  { output }: OwnViewOptions,
): Promise<OwnView> {
  const relations = await relationsOf(trained, rows, output)
  const { fields } = relations
  const single = rows.rows === 1
  const crosses = single ? rowCrosses(relations, 0).slice(0, drawnCrosses) : frequentCrosses(relations, drawnCrosses)
  return {
    weight: 'cross weight',
    pairs: fields.flatMap((a, i) =>
      fields.slice(i + 1).map(b => ({ set: [a, b] as [string, string], value: pairWeight(relations, [a, b]) })),
    ),
    figures: [crossBars({ crosses, rows: rows.rows, of: single ? 'contribution' : 'neurons' })],
    notes: [
      'cross weight: mean over neurons of the product of the powers of both fields',
      'a cross says what a neuron multiplies, not what the answer depends on',
    ],
  }
}
