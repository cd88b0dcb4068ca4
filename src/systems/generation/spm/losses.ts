import type { Tensor } from '../../../engine/index.ts'
import { meanSquaredError } from '../../../nn/index.ts'

/** Foretold noise of one shape: `adapted` with membranes on, the rest without. */
export interface ErasingNoises {
  /** Told the concept, membranes on: e'(x, t, c). */
  adapted: Tensor
  /** Told the concept: e(x, t, c). */
  concept: Tensor
  /** Told what takes its place: e(x, t, c0). */
  surrogate: Tensor
}

/** || e'(c) - [ e(c0) - eta (e(c) - e(c0)) ] ||^2, the mean: eta 0 maps the concept to its surrogate, more pushes beyond it. */
export const erasingLoss = ({ adapted, concept, surrogate }: ErasingNoises, guidance: number): Tensor =>
  meanSquaredError(adapted, surrogate.sub(concept.sub(surrogate).mul(guidance)))

/** || e'(a) - e(a) ||^2, the mean: texts that are not the concept are to stay as they were. */
export const anchoringLoss = (adapted: Tensor, original: Tensor): Tensor => meanSquaredError(adapted, original)
