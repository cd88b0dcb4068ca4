import { InterplayError } from '../../../errors/index.ts'
import type { Random } from '../../../random/index.ts'
import type { EncodedTexts } from '../shared/encoded.ts'

/**
 * How anchors are drawn: Gaussian features of the whole text's norm (the authors'), of each token's norm, or the features of
 * random words that the base knows.
 */
export const anchorKinds = ['sequence', 'token', 'words'] as const
export type AnchorKind = (typeof anchorKinds)[number]

type Features = Pick<EncodedTexts, 'features' | 'length' | 'width'>

/** Draws an anchor may take; with random directions it takes one or two, with the concept itself no number would do. */
const mostDraws = 1000

/**
 * `count` texts' features, each kept with probability min(1, 1 - cos(a, c)) (section 3.2; the exponent is the code's, 1) and of the
 * concept's norm times U(0.8, 1.2). `propose` gives features of random texts for the kind 'words'.
 */
export async function drawAnchors(
  concept: Features,
  {
    count,
    kind,
    random,
    propose,
  }: { count: number; kind: AnchorKind; random: Random; propose: () => Promise<Float32Array> },
): Promise<Float32Array> {
  const size = concept.features.length
  const result = new Float32Array(count * size)
  for (let i = 0, draws = 0; i < count; draws++) {
    if (draws === mostDraws * (i + 1))
      throw new InterplayError('option/conflict', 'every text drawn to keep is the concept itself')
    const drawn = kind === 'words' ? await propose() : gaussian(concept, kind, random)
    if (random.uniform() >= 1 - cosine(drawn, concept.features)) continue
    const scale = kind === 'words' ? 1 : 0.8 + 0.4 * random.uniform()
    result.set(
      drawn.map(value => scale * value),
      i++ * size,
    )
  }
  return result
}

/** A random direction of the concept's norm: over the whole text, or token by token. */
function gaussian({ features, length, width }: Features, kind: 'sequence' | 'token', random: Random): Float32Array {
  const drawn = Float32Array.from(features, () => random.normal())
  const span = kind === 'sequence' ? length * width : width
  for (let start = 0; start < drawn.length; start += span) {
    const own = drawn.subarray(start, start + span)
    const factor = norm(features.subarray(start, start + span)) / norm(own)
    own.forEach((value, at) => (own[at] = value * factor))
  }
  return drawn
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

/** The cosine of two vectors, 0 where one is zero. */
export function cosine(a: Float32Array, b: Float32Array): number {
  const [length, other] = [norm(a), norm(b)]
  if (length === 0 || other === 0) return 0
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (length * other)
}
