export { Activations, positionsOf, type Moments } from './activations.ts'
export { fewest } from './bisect.ts'
export {
  edgeFormulas,
  momentFormulas,
  SectionDerivatives,
  type DerivativeOptions,
  type SectionEnds,
  type Ways,
} from './derivatives.ts'
export { cotangents, countCotangents, exact, type Probes } from './directions.ts'
export { checkExamples, countExamples, examplesAt, pieces } from './examples.ts'
export { SectionForward } from './forward.ts'
export { atActivations, integrationPoints, integrationRules, type IntegrationRule } from './integration.ts'
export { outputLayer, type NodeLayer } from './layers.ts'
export { leiden, modularity, type WeightedEdge } from './leiden.ts'
export { kept, sentAlong } from './sent.ts'
