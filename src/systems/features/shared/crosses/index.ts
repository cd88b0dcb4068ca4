export {
  buildCrosses,
  crossedValues,
  crossesOf,
  crossId,
  mostCrossRows,
  rareCount,
  rowsOf,
  someCrosses,
  type Crosses,
  type CrossLimits,
  type PairVocabulary,
} from './cross-vocabulary.ts'
export { crossedTable, ofSameCrosses, type CrossedTable } from './crossed-table.ts'
export { withCrosses } from './look-up.ts'
export { allPairs, pairNames, pairsNamed, type Pair } from './pairs.ts'
