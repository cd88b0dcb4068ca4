import { InterplayError } from '../../errors/index.ts'
import { rowsIn } from '../columns.ts'
import type { Labels } from '../pairs/support.ts'
import type { Columns } from '../predictor.ts'
import type { CloudOptions } from './cloud.ts'
import type { LossName } from './loss.ts'
import type { MaskedModel } from './masked.ts'

/** Refuses what no cloud can be made of. */
export function checkCloud(model: MaskedModel, columns: Columns, labels: Labels, options: CloudOptions): void {
  const { epsilonRate, epsilon, order = 2, repeats = 4 } = options
  const rows = rowsIn(columns)
  const count = model.fields.length
  const invalid = (message: string) => {
    throw new InterplayError('option/invalid', message)
  }
  if (rows === 0) throw new InterplayError('data/empty', 'a cloud needs rows, got none')
  if (labels.values.length !== rows)
    throw new InterplayError('shape/mismatch', `there are ${labels.values.length} labels for ${rows} rows`)
  if (!(Number.isInteger(order) && order >= 2 && order <= count))
    invalid(`order must be an integer from 2 to the number of fields (${count}), got '${order}'`)
  if (epsilonRate !== undefined && !(epsilonRate > 0)) invalid(`epsilonRate must be above 0, got '${epsilonRate}'`)
  if (epsilon !== undefined && !(epsilon > 0)) invalid(`epsilon must be above 0, got '${epsilon}'`)
  if (!(Number.isInteger(repeats) && repeats >= 1)) invalid(`repeats must be an integer >= 1, got '${repeats}'`)
}

/** How much worse a good model may be, in units of the loss. */
export function epsilonOf(reference: number, name: LossName, { epsilon, epsilonRate = 0.1 }: CloudOptions): number {
  if (!Number.isFinite(reference))
    throw new InterplayError('predictor/answer', `the ${name} of the model is ${reference}`)
  if (epsilon !== undefined) return epsilon
  if (reference > 0) return epsilonRate * reference
  throw new InterplayError('lens/needs', `the model's ${name} is ${reference}: a share of it bounds nothing`, {
    try: '--set epsilon=0.01',
  })
}
