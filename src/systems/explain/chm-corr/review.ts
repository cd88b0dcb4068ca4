import { InterplayError } from '../../../errors/index.ts'
import { toggled, type GridMask, type ReviewRecord } from '../../../lenses/index.ts'
import type { CorrAnswer, CorrClassifier, Look } from './classifier.ts'

/** `static`: the model's answer is judged as it is; `dynamic`: the person may change where it looks, and asks again. */
export const arms = ['static', 'dynamic'] as const
export type Arm = (typeof arms)[number]

/** An image to be judged. */
export interface ReviewItem {
  /** Its number, from 0. */
  item: number
  look: Look
  /** What it shows, where that is known: told to the log, never to the person. */
  truth?: string
}

export type ReviewEvent =
  | { kind: 'toggle'; cells: readonly number[] }
  | { kind: 'select'; mask: GridMask }
  | { kind: 'reset' }
  | { kind: 'ask' }
  | { kind: 'decide'; accepted: boolean; confidence: number }
  | { kind: 'next' }

/** What a page shows. */
export interface ReviewView {
  step: 'looking' | 'decided' | 'finished'
  /** Place among the items, from 0, and how many there are. */
  place: number
  of: number
  look: Look
  /** The answer that is judged, and the last one. */
  original: CorrAnswer
  answer: CorrAnswer
  mask: GridMask
  /** The mask was changed since the last answer. */
  open: boolean
  edits: number
}

export interface ReviewSettings {
  arm: Arm
  user: string
  seed: number
  /** Takes every record as it comes: a file's next line. */
  record(record: ReviewRecord): void
}

/**
 * A person's way through images, one after the other: look, in the dynamic arm change the mask and ask again, decide on the
 * first answer, go on. What is behind the page; it draws nothing.
 */
export class Review {
  private place = 0
  private step: ReviewView['step'] = 'looking'
  private original!: CorrAnswer
  private answer!: CorrAnswer
  private mask!: GridMask
  private open = false
  private edits = 0
  private changed = false

  /** @throws InterplayError `data/empty` without items */
  constructor(
    private readonly classifier: CorrClassifier,
    private readonly items: readonly ReviewItem[],
    private readonly settings: ReviewSettings,
  ) {
    if (items.length === 0) throw new InterplayError('data/empty', 'there are no images to review')
    this.begin()
  }

  get view(): ReviewView {
    const { step, place, original, answer, mask, open, edits } = this
    return { step, place, of: this.items.length, look: this.item.look, original, answer, mask, open, edits }
  }

  /** @throws InterplayError `review/order` where an event does not belong to the step, `data/mask`, `data/out-of-range` */
  send(event: ReviewEvent): ReviewView {
    const step = event.kind === 'next' ? 'decided' : 'looking'
    if (this.step !== step)
      throw new InterplayError('review/order', `'${event.kind}' while ${this.step}`, { why: `it belongs to ${step}` })
    if (this.settings.arm === 'static' && event.kind !== 'decide' && event.kind !== 'next')
      throw new InterplayError('review/order', `'${event.kind}' in the static arm`, { why: 'it is judged as it is' })
    if (event.kind === 'ask') this.ask()
    else if (event.kind === 'decide') this.decide(event.accepted, event.confidence)
    else if (event.kind === 'next') this.next()
    else this.edit(event)
    return this.view
  }

  private get item(): ReviewItem {
    return this.items[this.place]!
  }

  private begin(): void {
    this.step = 'looking'
    this.original = this.classifier.answer(this.item.look)
    this.answer = this.original
    this.mask = this.classifier.startingMask(this.item.look)
    this.open = false
    this.edits = 0
    this.changed = false
  }

  private edit(event: Extract<ReviewEvent, { kind: 'toggle' | 'select' | 'reset' }>): void {
    if (event.kind === 'toggle') this.mask = toggled(this.mask, event.cells)
    else if (event.kind === 'select') this.mask = event.mask.slice()
    else this.mask = this.classifier.startingMask(this.item.look)
    this.open = true
  }

  private ask(): void {
    this.answer = this.classifier.answer(this.item.look, this.mask)
    this.open = false
    this.edits++
    this.changed ||= this.answer.label !== this.original.label
    const { shares, scoring, label } = this.answer
    this.settings.record({
      kind: 'edit',
      ...this.about,
      mask: Array.from(this.mask),
      label: this.name(label),
      votes: Object.fromEntries(shares.map(share => [this.name(share.label), share.votes])),
      scoring,
    })
  }

  private decide(accepted: boolean, confidence: number): void {
    if (!Number.isInteger(confidence) || confidence < 1 || confidence > 5)
      throw new InterplayError('data/out-of-range', `the confidence is ${confidence}, not one of 1 to 5`)
    const { edits, changed } = this
    const label = this.name(this.original.label)
    this.settings.record({ kind: 'decision', ...this.about, label, accepted, confidence, edits, changed })
    this.step = 'decided'
  }

  private next(): void {
    if (this.place + 1 === this.items.length) {
      this.step = 'finished'
      return
    }
    this.place++
    this.begin()
  }

  private get about() {
    const { user, arm, seed } = this.settings
    const { item, truth } = this.item
    return { user, arm, item, ...(truth !== undefined && { truth }), seed }
  }

  private readonly name = (label: number): string => this.classifier.support.classes[label]!
}
