import { decidedRight, type DecisionRecord, type GridMask, type ReviewRecord } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import type { CorrClassifier } from './classifier.ts'
import { Review, type Arm, type ReviewItem, type ReviewView } from './review.ts'

/** Simulated persons by what they do to the mask; `undefined` leaves it. All accept an answer that their edits did not change. */
export interface Person {
  arm: Arm
  /** The mask they choose for the item at a place. */
  mask?(place: number, view: ReviewView): GridMask
}

/** Sends a person through all items, through every step that a page has; returns what was recorded. */
export function simulate(
  classifier: CorrClassifier,
  items: readonly ReviewItem[],
  { arm, mask }: Person,
  seed = 1,
): { records: ReviewRecord[]; labels: number[]; accuracy: number } {
  const records: ReviewRecord[] = []
  const labels: number[] = []
  const review = new Review(classifier, items, { arm, user: 'simulated', seed, record: record => records.push(record) })
  while (review.view.step !== 'finished') {
    if (mask) {
      review.send({ kind: 'select', mask: mask(review.view.place, review.view) })
      review.send({ kind: 'ask' })
    }
    const { answer, original } = review.view
    labels.push(answer.label)
    review.send({ kind: 'decide', accepted: answer.label === original.label, confidence: 3 })
    review.send({ kind: 'next' })
  }
  const decisions = records.filter((record): record is DecisionRecord => record.kind === 'decision')
  return { records, labels, accuracy: decisions.filter(decidedRight).length / decisions.length }
}

/** A mask with a share of its cells exchanged for others. */
export function noisyMask(mask: GridMask, share: number, random: Random): GridMask {
  const noisy = mask.slice()
  mask.forEach((value, cell) => {
    if (value === 0 || random.uniform() >= share) return
    noisy[cell] = 0
    noisy[random.integer(mask.length)] = 1
  })
  return noisy.includes(1) ? noisy : mask
}

/** As many cells as a mask has, drawn. */
export function randomMask(cells: number, count: number, random: Random): GridMask {
  const mask = new Uint8Array(cells)
  for (const cell of random.permutation(cells).subarray(0, count)) mask[cell] = 1
  return mask
}
