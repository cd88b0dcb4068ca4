import type { Parameter, Tensor } from '../../engine/index.ts'
import { Module, type Mode, type TableBatch } from '../../nn/index.ts'

/**
 * A table model that is learned together with a choice about itself: which values to keep, how a pair interacts, how wide
 * an embedding is. The choice is soft under a temperature, which the search moves until it is hard.
 */
export abstract class SearchModel extends Module {
  /** The parameters of the choice; all others are weights. */
  abstract readonly choice: readonly Parameter[]

  /** Logits [batch, outputs] under a temperature, a scalar. */
  abstract forward(batch: TableBatch, mode: Mode, temperature: Tensor): Tensor

  /** A scalar that joins the loss, times the search's strength. */
  penalty?(temperature: Tensor): Tensor

  /** The weights that a search moves; all of them where left out. */
  get moved(): readonly Parameter[] | undefined {
    return undefined
  }

  /** What is made of the gradient of a parameter of the choice before its step. */
  steer?(gradient: Tensor): Tensor

  /** Where the choice is held after a step. */
  get bounds(): readonly [low: number, high: number] | undefined {
    return undefined
  }
}
