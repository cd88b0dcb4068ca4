import type { LearnedTarget } from './messages.ts'

/** The one quantity that the losses of a target are drawn as. */
export interface Measure {
  /** Its name among the validation metrics of an epoch. */
  name: 'logLoss' | 'rmse'
  title: string
  unit?: string
  /** Of a training loss. */
  of(loss: number): number
}

/** A value's loss is its squared error over the variance of the training rows: drawn is its root, in the value's unit. */
export const measureOf = ({ name, deviation }: LearnedTarget): Measure =>
  deviation === undefined
    ? { name: 'logLoss', title: 'log loss', of: loss => loss }
    : { name: 'rmse', title: 'RMSE', unit: `units of ${name}`, of: loss => Math.sqrt(loss) * deviation }
