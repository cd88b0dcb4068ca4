export { accuracyBounds, type AccuracyBounds } from './accuracy.ts'
export { synergyBounds, type PairwiseTables, type SynergyBounds } from './bounds.ts'
export { clusterCodes, type CodeOptions } from './clusters.ts'
export {
  decompose,
  sharedInformation,
  synergyOfCells,
  type Decomposition,
  type SharedInformation,
} from './decomposition.ts'
export { entropy, mutualInformation } from './entropy.ts'
export { jointOf, marginal, marginalPair, pairTable, type Joint, type PairTable } from './joint.ts'
export { leastInformed, type LeastInformed, type LeastInformedOptions } from './least-informed.ts'
export { couplingEntropy } from './majorization.ts'
export { reconciled, type PairwiseCounts, type Reconciled } from './reconcile.ts'
export { sinkhorn } from './sinkhorn.ts'
