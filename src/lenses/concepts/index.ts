export { auditConcepts, type ConceptAudit, type ConceptPair, type LabelTable } from './audit.ts'
export { GroundingTally, type Grounding } from './grounding.ts'
export { oracleImpurity, tellingMatrix } from './impurity.ts'
export {
  ConceptIntervention,
  conceptProbabilities,
  interventionCurve,
  type Bottleneck,
  type CorrectedImages,
} from './intervention.ts'
