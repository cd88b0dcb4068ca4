export {
  deFinettiDirection,
  deFinettiStructure,
  type Cell,
  type DeFinettiOptions,
  type Direction,
  type RowTest,
  type Structure,
  type TestedCells,
} from './de-finetti.ts'
export { acyclicGraphs, cyclic, normalisedDistance, parentsOf, separated, type Edge } from './graph.ts'
export { lingamStructure } from './lingam.ts'
export { rowOracle } from './oracle.ts'
export { pcStructure, type EquivalenceClass, type VariableTest } from './pc.ts'
