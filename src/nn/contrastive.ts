import { concat, type Tensor } from '../engine/index.ts'

/** x / ||x|| over the last axis; a vector of zeros stays one. */
export const unit = (x: Tensor): Tensor => x.div(x.square().sum(-1, { keep: true }).add(1e-12).sqrt())

/** Rows of a batch moved up by `distance`, the first ones to the end: whom each row is set against. [B, n] or more axes. */
export function rolled(x: Tensor, distance: number): Tensor {
  const ones = x.flatten().slice(1, 0, 1).squeeze(1).onesLike('float32')
  const place = ones.cumSum(0).sub(1).cast('int32')
  const rows = ones.sum().cast('int32')
  const moved = (values: Tensor, by: number) => values.gather(place.add(by).mod(rows), 0)
  return moved(x, distance).withGradient([x], d => [moved(d, -distance)])
}

export interface InfoNceOptions {
  temperature: number
  /** [B, n], 1 where a negative counts; all do where left out. */
  mask?: Tensor
}

/**
 * Mean of -log(e^(cos(a, p) / t) / (e^(cos(a, p) / t) + sum_n e^(cos(a, x_n) / t))): anchors a and positives p [B, width],
 * negatives x [B, n, width] (van den Oord et al. 2018, with cosines).
 */
export function infoNce(
  anchors: Tensor,
  positives: Tensor,
  negatives: Tensor,
  { temperature, mask }: InfoNceOptions,
): Tensor {
  const own = unit(anchors)
  const positive = own.mul(unit(positives)).sum(1, { keep: true })
  const negative = own.unsqueeze(1).mul(unit(negatives)).sum(2)
  const counted = mask ? negative.maskedFill(mask.less(0.5), -1e4) : negative
  const logits = concat([positive, counted], 1).mul(1 / temperature)
  return logits.logSoftmax(1).slice(1, 0, 1).mean().neg()
}

export interface InBatchOptions {
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
export function inBatchInfoNce(
  queries: Tensor,
  keys: Tensor,
  { temperature, excluded, logFrequency }: InBatchOptions,
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
