import { stack, type Tensor } from '../../../engine/index.ts'
import { infoNce, rolled, type Mode } from '../../../nn/index.ts'

export interface ContrastOptions {
  /** lambda of the contrast beside the loss of the answers; 0 for none. */
  contrast: number
  /** Chance that a behaviour is left out of the second view. */
  maskRate: number
  temperature: number
  /** Other users that each row is set against, at most. */
  negatives: number
}

/** Of real behaviours [batch, length], those kept at random, one of each history at least. */
export function keptAtRandom(mask: Tensor, rate: number, mode: Mode): Tensor {
  const drawn = mode.uniform(mask.shape).add(mask.neg().add(1))
  const first = drawn.min(1, { keep: true })
  const kept = drawn.greaterOrEqual(rate).cast('float32').maximum(drawn.equal(first).cast('float32'))
  return kept.mul(mask)
}

/**
 * Gates of full and of masked histories of one row are to point one way, gates of other users another (section on
 * contrastive learning): InfoNCE over the rows that follow in the batch. Rows of the same user, as `users` [batch, n] of
 * ids tells, are no negatives.
 */
export function gateContrast(
  gate: Tensor,
  masked: Tensor,
  users: Tensor,
  { temperature, negatives }: Pick<ContrastOptions, 'temperature' | 'negatives'>,
): Tensor {
  const distances = Array.from({ length: negatives }, (_, n) => n + 1)
  const others = stack(
    distances.map(distance => rolled(gate, distance)),
    1,
  )
  const strangers = distances.map(distance => users.notEqual(rolled(users, distance)).cast('float32').max(1))
  const mask = stack(strangers, 1)
  return infoNce(gate, masked, others, { temperature, mask })
}
