import type { Tensor } from '../engine/index.ts'

export interface ContrastOptions {
  temperature: number
  /** [N, N], 1 where a key is no negative of a query though it is not its own: the same thing, another known positive. */
  excluded?: Tensor
  /** [N] log-frequency of each key among the batch's keys, taken off its scores (sampled-softmax correction). */
  logFrequency?: Tensor
}

/**
 * InfoNCE (van den Oord et al. 2018): the mean of -log softmax of a query's own key among all keys of the batch, by cosine
 * similarity over a temperature: queries and keys [N, d], a scalar.
 */
export function infoNce(
  queries: Tensor,
  keys: Tensor,
  { temperature, excluded, logFrequency }: ContrastOptions,
): Tensor {
  const [q, k] = [unit(queries), unit(keys)]
  const corrected = (scores: Tensor) => (logFrequency ? scores.sub(logFrequency) : scores)
  const all = corrected(q.matmul(k, { transposeB: true }).mul(1 / temperature))
  const own = corrected(
    q
      .mul(k)
      .sum(1)
      .mul(1 / temperature),
  )
  const scores = excluded ? all.sub(excluded.mul(1e9)) : all
  const largest = scores.max(1, { keep: true }).stopGradient()
  return scores.sub(largest).exp().sum(1).log().add(largest.squeeze(1)).sub(own).mean()
}

/** Rows divided by their length. */
const unit = (x: Tensor): Tensor => x.div(x.square().sum(-1, { keep: true }).add(1e-12).sqrt())
