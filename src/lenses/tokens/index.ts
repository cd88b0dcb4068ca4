export {
  banzhafPairs,
  pairRules,
  tokenGame,
  type BanzhafOptions,
  type PairInteractions,
  type PairRule,
  type TokenMap,
} from './banzhaf.ts'
export { sumOfCells, weightedMaxima, type Payoff } from './payoff.ts'
