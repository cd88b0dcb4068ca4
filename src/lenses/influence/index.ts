export { alongGradients, gradientOf, inverseProduct, type ConjugateGradientOptions } from './conjugate-gradient.ts'
export { factorsOf, strategies, type LayerFactors, type Strategy } from './factors.ts'
export { curvatureWeights, fishers, Influence, type InfluenceOptions, type RowInfluence } from './influence.ts'
export { LayerProbe, lossSlope, type LayerRows, type Probe } from './probe.ts'
