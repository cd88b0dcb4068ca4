import type { Tensor } from '../../../engine/index.ts'
import { maskBias } from './similarity.ts'

/**
 * The mean of both directions of -log softmax at the own item: similarities [items, items] times a scale. Other items of the
 * same id are no negatives. `place` [items] are 0, 1, 2, ...
 */
export function contrast(similarity: Tensor, scale: Tensor, ids: Tensor, place: Tensor): Tensor {
  const own = equalPairs(place)
  const twins = equalPairs(ids).sub(own)
  const logits = similarity.mul(scale).add(twins.mul(-1e9))
  const chosen = (axis: number) => logits.logSoftmax(axis).mul(own).sum(axis).mean().neg()
  return chosen(-1).add(chosen(0)).mul(0.5)
}

const equalPairs = (values: Tensor): Tensor => values.unsqueeze(1).equal(values.unsqueeze(0)).cast('float32')

/** KL(softmax of the teacher | softmax of the student) along an axis, averaged over all elements. */
export function divergence(student: Tensor, teacher: Tensor, axis: number): Tensor {
  const [log, wanted] = [student.logSoftmax(axis), teacher.logSoftmax(axis)]
  return wanted.exp().mul(wanted.sub(log)).mean()
}

/** The divergences of maps [items, words, frames] along frames and along words; padding is left out. */
export function mapDivergence(student: Tensor, teacher: Tensor, words?: Tensor, frames?: Tensor): Tensor {
  const there = (map: Tensor) => (words && frames ? map.mul(words.unsqueeze(2)).mul(frames.unsqueeze(1)) : map)
  const along = (mask: Tensor | undefined, place: number, axis: number) => {
    const masked = (map: Tensor) => (mask ? there(map).add(maskBias(mask.unsqueeze(place))) : there(map))
    return divergence(masked(student), masked(teacher), axis)
  }
  return along(frames, 1, -1).add(along(words, 2, 1))
}
