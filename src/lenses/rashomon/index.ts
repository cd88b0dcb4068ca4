export {
  cloudCost,
  rashomonCloud,
  type CloudOptions,
  type CloudPoint,
  type RashomonCloud,
  type Sampler,
  type SetCloud,
} from './cloud.ts'
export { PermutationEffects, shuffles, type EffectOptions, type Shuffle } from './effects.ts'
export { lossNames, lossOf, usualLoss, type Loss, type LossName } from './loss.ts'
export { maskedPredictor, maskKinds, type MaskedModel, type MaskKind } from './masked.ts'
export { levels, turnDial, type Turned } from './search.ts'
export { compositions, directions, subsets } from './splits.ts'
