import { templates, type Intent } from './templates.ts'

const intents = Object.keys(templates) as Intent[]

/** One word alone, and two beside each other; where a question begins and ends counts as a word. */
export function featuresOf(stems: readonly string[]): string[] {
  const framed = ['^', ...stems, '$']
  return [...stems, ...framed.slice(1).map((stem, k) => `${framed[k]} ${stem}`)]
}

export interface Guess {
  intent: Intent
  probability: number
}

/**
 * Which intent a question has: multinomial logistic regression on words and pairs of words weighed by TF-IDF, learned from
 * the templates by gradient descent; the same weights every time.
 */
export class Classifier {
  private readonly index = new Map<string, number>()
  private readonly idf: Float64Array
  private readonly weights: Float64Array
  /** Features of the examples, for the nearest neighbour. */
  private readonly examples: { vector: Map<number, number>; intent: number }[]

  constructor(stemsOf: (template: string) => string[]) {
    const texts = intents.flatMap((intent, label) =>
      templates[intent].map(template => ({ features: featuresOf(stemsOf(template)), label })),
    )
    const counts: number[] = []
    for (const { features } of texts)
      for (const feature of new Set(features)) {
        const at = this.index.get(feature) ?? this.index.size
        this.index.set(feature, at)
        counts[at] = (counts[at] ?? 0) + 1
      }
    this.idf = Float64Array.from(counts, count => Math.log((1 + texts.length) / (1 + count)) + 1)
    this.examples = texts.map(({ features, label }) => ({ vector: this.vector(features), intent: label }))
    this.weights = this.learn()
  }

  /** Every intent, the likeliest first. */
  classify(stems: readonly string[]): Guess[] {
    const probabilities = this.softmax(this.vector(featuresOf(stems)))
    return intents
      .map((intent, k) => ({ intent, probability: probabilities[k]! }))
      .sort((a, b) => b.probability - a.probability)
  }

  /** Whether a word says anything about the intent. */
  knows(stem: string): boolean {
    return this.index.has(stem)
  }

  private vector(features: readonly string[]): Map<number, number> {
    const vector = new Map<number, number>()
    for (const feature of features) {
      const at = this.index.get(feature)
      if (at !== undefined) vector.set(at, (vector.get(at) ?? 0) + this.idf[at]!)
    }
    const length = Math.hypot(...vector.values()) || 1
    for (const [at, value] of vector) vector.set(at, value / length)
    return vector
  }

  private softmax(vector: ReadonlyMap<number, number>, weights = this.weights): Float64Array {
    const logits = new Float64Array(intents.length)
    for (const [at, value] of vector)
      for (let k = 0; k < logits.length; k++) logits[k]! += value * weights[at * logits.length + k]!
    const top = Math.max(...logits)
    const powers = logits.map(logit => Math.exp(logit - top))
    const sum = powers.reduce((total, power) => total + power, 0)
    return powers.map(power => power / sum)
  }

  private learn(): Float64Array {
    const weights = new Float64Array(this.index.size * intents.length)
    const steps = 120
    const decay = 1e-4
    for (let step = 0; step < steps; step++) {
      const rate = 4 / (1 + step / 40)
      for (const { vector, intent } of this.examples) {
        const probabilities = this.softmax(vector, weights)
        for (const [at, value] of vector)
          for (let k = 0; k < intents.length; k++) {
            const place = at * intents.length + k
            weights[place]! -= rate * ((probabilities[k]! - Number(k === intent)) * value + decay * weights[place]!)
          }
      }
    }
    return weights
  }
}
