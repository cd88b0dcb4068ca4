export { partialDependenceFlatness, type FlatnessOptions } from './flatness.ts'
export { accumulatedEffects, partialDependence, type Curve, type CurveOptions } from './curves.ts'
export { partialMeasures, rowsFor, type MeasuresOptions, type PartialMeasures, type SetMeasures } from './measures.ts'
