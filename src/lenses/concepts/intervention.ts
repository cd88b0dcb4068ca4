import { InterplayError, suggest } from '../../errors/index.ts'
import { Random } from '../../random/index.ts'

/** What a person may correct: predicted concepts, and how classes follow from concepts. */
export interface Bottleneck {
  names: readonly string[]
  /** The values between the two networks: probabilities, or logits. */
  predicted: Float32Array
  /** What stands for an absent and for a present concept, by concept: 0 and 1, or low and high logits. */
  absent: Float32Array
  present: Float32Array
  /** Probabilities of the classes, given values of the concepts. */
  classes(values: Float32Array): Promise<Float32Array>
}

/**
 * A prediction that is corrected concept by concept. Each correction gives a new state and leaves this one as it is, so that
 * a page can keep them and go back.
 */
export class ConceptIntervention {
  private constructor(
    private readonly bottleneck: Bottleneck,
    /** Corrections in force, in the order in which they were made. */
    readonly corrections: readonly { name: string; present: boolean }[],
  ) {}

  static of(bottleneck: Bottleneck): ConceptIntervention {
    return new ConceptIntervention(bottleneck, [])
  }

  /** Says that a concept is there, or is not. @throws InterplayError `option/invalid` with the nearest names */
  correct(name: string, present: boolean): ConceptIntervention {
    this.place(name)
    const others = this.corrections.filter(each => each.name !== name)
    return new ConceptIntervention(this.bottleneck, [...others, { name, present }])
  }

  /** Takes the last correction back; the same state where there is none. */
  undo(): ConceptIntervention {
    return new ConceptIntervention(this.bottleneck, this.corrections.slice(0, -1))
  }

  reset(): ConceptIntervention {
    return ConceptIntervention.of(this.bottleneck)
  }

  /** The concepts as they now stand. */
  get values(): Float32Array {
    const { predicted, absent, present } = this.bottleneck
    const values = predicted.slice()
    for (const each of this.corrections) {
      const at = this.place(each.name)
      values[at] = (each.present ? present : absent)[at]!
    }
    return values
  }

  /** The concept to ask about next: the one least sure among those not corrected; undefined where all are. */
  next(): string | undefined {
    const { names, predicted, absent, present } = this.bottleneck
    const done = new Set(this.corrections.map(({ name }) => name))
    const unsure = (c: number) => -Math.abs(predicted[c]! - (absent[c]! + present[c]!) / 2)
    const open = names.map((_, c) => c).filter(c => !done.has(names[c]!))
    const first = open.sort((a, b) => unsure(b) - unsure(a))[0]
    return first === undefined ? undefined : names[first]
  }

  /** Probabilities of the classes as the concepts now stand. */
  answer(): Promise<Float32Array> {
    return this.bottleneck.classes(this.values)
  }

  private place(name: string): number {
    const { names } = this.bottleneck
    const at = names.indexOf(name)
    if (at >= 0) return at
    const near = suggest(name, [...names])
    throw new InterplayError('option/invalid', `there is no concept '${name}'`, {
      why: near.length > 0 ? `nearest: ${near.join(', ')}` : `concepts: ${names.join(', ')}`,
    })
  }
}

/** Predicted and true values of the concepts of several images, [images, concepts]. */
export interface CorrectedImages {
  concepts: number
  predicted: Float32Array
  truth: Float32Array
  labels: ArrayLike<number>
}

/**
 * The share of images called right once so many concepts of each, 0 to all, have their true values. The order is drawn anew
 * for every image, or the least sure (nearest to 0.5) come first. `call` gives the class of each image.
 */
export async function interventionCurve(
  { concepts, predicted, truth, labels }: CorrectedImages,
  call: (values: Float32Array) => Promise<Int32Array>,
  { order, seed = 1 }: { order: 'random' | 'uncertainty'; seed?: number },
): Promise<number[]> {
  const images = labels.length
  const orders = Array.from({ length: images }, (_, image) => {
    if (order === 'random') return new Random(seed, 'intervention', image).permutation(concepts)
    const distance = (c: number) => Math.abs(predicted[image * concepts + c]! - 0.5)
    return Int32Array.from({ length: concepts }, (_, c) => c).sort((a, b) => distance(a) - distance(b))
  })
  const values = predicted.slice()
  const curve: number[] = []
  for (let corrected = 0; corrected <= concepts; corrected++) {
    if (corrected > 0) {
      orders.forEach((own, image) => {
        const at = image * concepts + own[corrected - 1]!
        values[at] = truth[at]!
      })
    }
    const called = await call(values)
    curve.push(called.reduce((sum, label, image) => sum + Number(label === labels[image]), 0) / images)
  }
  return curve
}

/** Values from which on it cannot be chance that all lie in [0, 1]. */
const telling = 20

/** 1 / (1 + e^-z). @throws InterplayError `option/invalid` where the logits are probabilities already */
export function conceptProbabilities(logits: Float32Array): Float32Array {
  if (logits.length >= telling && logits.every(value => value >= 0 && value <= 1)) {
    throw new InterplayError('option/invalid', `${logits.length} concept logits all lie between 0 and 1`, {
      why: 'they look like probabilities, which would be squashed twice',
    })
  }
  return logits.map(value => 1 / (1 + Math.exp(-value)))
}
