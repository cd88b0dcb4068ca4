export {
  exactPlayers,
  explainRows,
  previewRows,
  type CostPreview,
  type ExplainRowsOptions,
  type RowsIndex,
  type SetIndex,
} from './explain-rows.ts'
export { imputerNames, imputerOf, type Imputer, type ImputerName } from './imputer.ts'
export { rowGame, type RowGameOptions } from './row-game.ts'
