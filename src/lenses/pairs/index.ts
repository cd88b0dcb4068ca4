export { columnsTable } from './columns-table.ts'
export { pairEffect, type PairEffect, type PairEffectOptions } from './effect.ts'
export type { Metric } from './importance.ts'
export type { Level } from './levels.ts'
export {
  measureInteractions,
  type FieldImportance,
  type InteractionMeasurement,
  type MeasureOptions,
} from './measure.ts'
export type { Plan } from './plan.ts'
export type { PairInteraction } from './results.ts'
export { gather, type TablePredict } from './stack.ts'
export type { Labels, Support } from './support.ts'
