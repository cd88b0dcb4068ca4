export { leafBoxes, leftOf, shortest, type LeafBox, type Side } from './boxes.ts'
export {
  boostTrees,
  growForest,
  predictBoosted,
  predictForest,
  type Boosted,
  type BoostingOptions,
  type ForestOptions,
} from './ensemble.ts'
export { growTree, treeRows, type ColumnKind, type GrowOptions, type TreeRows, type TreeTargets } from './grow.ts'
export { impurityFalls } from './importance.ts'
export { treeIndex, type TreeIndex, type TreeIndexOptions } from './tree-index.ts'
export { TreeShapley } from './tree-shapley.ts'
export { goesLeft, leafOf, leavesOf, predictTree, type Split, type TreeNode } from './tree.ts'
