import { maskOf, pixelsOf, regionsByImage, type ConceptImages } from '../../../data/index.ts'
import { compile, float32 } from '../../../engine/index.ts'
import {
  GroundingTally,
  ImageAttribution,
  layersOf,
  relevance,
  type ImageNetwork,
  type RelevanceRule,
} from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import type { TrainedBottleneck } from './bottleneck.ts'
import type { ConceptNetwork } from './model.ts'
import type { attributions } from './options.ts'

export type AttributionName = (typeof attributions)[number]

/** Where an image's evidence for a concept lies: [height, width], signed. */
export type EvidenceOf = (image: Float32Array, concept: number) => Promise<Float32Array>

export interface EvidenceOptions {
  attribution: AttributionName
  steps: number
  seed?: number
  threads?: number
  signal?: AbortSignal
}

/** Measures evidence in scaled pixels; the image without evidence is the mean one. */
export function evidenceOf(
  network: ImageNetwork,
  model: ConceptNetwork,
  { attribution, steps, seed, threads = 1, signal }: EvidenceOptions,
): { of: EvidenceOf; close(): Promise<void> } {
  if (attribution === 'relevance') return relevanceOf(network, model, threads)
  const maps = new ImageAttribution(network, threads)
  const path = { steps, signal }
  const of = {
    'integrated-gradients': (image: Float32Array, concept: number) => maps.integratedGradients(image, concept, path),
    'smooth-squared': (image: Float32Array, concept: number) => maps.smoothSquared(image, concept, { ...path, seed }),
    saliency: (image: Float32Array, concept: number) => maps.saliency(image, concept, path),
    occlusion: (image: Float32Array, concept: number) => maps.occlusion(image, concept, path),
  }[attribution]
  return { of, close: () => maps.close() }
}

/**
 * The authors' composite of rules: what speaks for an output in all stages but the last, epsilon in the last stage and the
 * hidden layers, the plain gradient in the concepts' own layer.
 */
export function compositeRule({ features, hidden }: ConceptNetwork): (layer: number) => RelevanceRule {
  const { stages } = features
  // A block is two layers, its convolution and its ReLU.
  const early = stages
    .slice(0, -1)
    .reduce((sum, blocks, stage) => sum + 2 * blocks.length + Number(features.pools(stage)), 0)
  const last = 2 * stages.at(-1)!.length + Number(features.pools(stages.length - 1))
  const head = early + last + 2 + 2 * hidden.length
  return layer => (layer < early ? 'alpha1beta0' : layer < head ? 'epsilon' : 'gradient')
}

function relevanceOf(
  { channels, height, width, outputs, state }: ImageNetwork,
  model: ConceptNetwork,
  threads: number,
): { of: EvidenceOf; close(): Promise<void> } {
  const program = compile({
    inputs: { image: float32([1, channels, height, width]), wanted: float32([1, outputs]) },
    state,
    threads,
    trace: ({ image, wanted }) => {
      const start = () => wanted
      const shared = relevance(layersOf(model.parts()), image, { start, ruleOf: compositeRule(model) })
      return { outputs: { map: shared.sum(1) } }
    },
  })
  return {
    of: async (image, concept) => {
      const wanted = Float32Array.from({ length: outputs }, (_, c) => Number(c === concept))
      return (await program.run({ image, wanted })).map.data as Float32Array
    },
    close: () => program.close(),
  }
}

/** Where concepts are read from on these images, for those whose region is known. */
export async function groundingOf(
  bottleneck: TrainedBottleneck,
  images: ConceptImages,
  rows: Int32Array,
  options: EvidenceOptions & { network?: ImageNetwork; progress?: (done: number) => void },
): Promise<GroundingTally> {
  const { network = bottleneck.network(), progress } = options
  const { of, close } = evidenceOf(network, bottleneck.model.concepts, options)
  const tally = new GroundingTally(images.height, images.width)
  const regions = regionsByImage(images)
  try {
    for (const [done, row] of rows.entries()) {
      const own = regions.get(row) ?? []
      const image = pixelsOf(images, Int32Array.of(row), bottleneck.kept.scale)
      for (const { concept } of own) tally.add(await of(image, concept), concept, own)
      progress?.(done + 1)
    }
  } finally {
    await close()
  }
  return tally
}

/** What becomes of a concept's answer when regions are covered with noise. */
export interface Deletion {
  /** Images that showed both concepts, and of which the first was found. */
  images: number
  /** Share in which covering its own region takes the first concept away. */
  ownFlips: number
  /** Share in which covering the other's region takes it away. */
  partnerFlips: number
  /** Share in which it is still said once its own region is covered, since its partner remains. */
  stillPredicted: number
}

/** Covers the region of one concept, then of another, on images that show both: of each pair of concepts, their means. */
export async function deletionOf(
  bottleneck: TrainedBottleneck,
  images: ConceptImages,
  rows: Int32Array,
  pairs: readonly (readonly [concept: number, partner: number])[],
  seed: number,
): Promise<Deletion> {
  const regions = regionsByImage(images)
  const width = bottleneck.kept.size.concepts
  const counts = { images: 0, ownFlips: 0, partnerFlips: 0 }
  for (const [concept, partner] of pairs) {
    const both = rows.filter(row => {
      const shown = new Set((regions.get(row) ?? []).map(region => region.concept))
      return shown.has(concept) && shown.has(partner)
    })
    if (both.length === 0) continue
    const said = async (data: ConceptImages) => {
      const { concepts } = await bottleneck.logits(data, both)
      return Array.from(both, (_, i) => concepts[i * width + concept]! > 0)
    }
    const whole = await said(images)
    const own = await said(covered(images, both, concept, seed))
    const other = await said(covered(images, both, partner, seed))
    whole.forEach((found, i) => {
      if (!found) return
      counts.images++
      counts.ownFlips += Number(!own[i])
      counts.partnerFlips += Number(!other[i])
    })
  }
  const share = (count: number) => (counts.images === 0 ? NaN : count / counts.images)
  return {
    images: counts.images,
    ownFlips: share(counts.ownFlips),
    partnerFlips: share(counts.partnerFlips),
    stillPredicted: share(counts.images - counts.ownFlips),
  }
}

/** The images with a concept's region under noise of the image's own mean and deviation outside of all regions. */
function covered(images: ConceptImages, rows: Int32Array, concept: number, seed: number): ConceptImages {
  const pixels = images.pixels.slice()
  const { channels, height, width } = images
  const regions = regionsByImage(images)
  for (const row of rows) {
    const own = regions.get(row)!
    const masks = own.map(region => ({ region, mask: maskOf(region.polygon, height, width) }))
    const random = new Random(seed, 'covered', row)
    for (let channel = 0; channel < channels; channel++) {
      const at = (row * channels + channel) * height * width
      const free = Array.from({ length: height * width }, (_, i) => i).filter(i => masks.every(({ mask }) => !mask[i]))
      const mean = free.reduce((sum, i) => sum + images.pixels[at + i]!, 0) / free.length
      const spread = Math.sqrt(free.reduce((sum, i) => sum + (images.pixels[at + i]! - mean) ** 2, 0) / free.length)
      for (const { region, mask } of masks) {
        if (region.concept !== concept) continue
        mask.forEach((inside, i) => {
          const value = mean + spread * random.normal()
          if (inside)
            pixels[at + i] = pixels instanceof Uint8Array ? Math.max(0, Math.min(255, Math.round(value))) : value
        })
      }
    }
  }
  return { ...images, pixels }
}
