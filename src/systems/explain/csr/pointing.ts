import { maskOf, regionsByImage, type ConceptImages } from '../../../data/index.ts'
import { pointsInto } from '../../../lenses/index.ts'
import type { TrainedPrototypes } from './trained.ts'

export interface Pointing {
  concept: number
  /** Images with a region of the concept. */
  images: number
  /** Those whose map is largest inside of it. */
  hits: number
}

/** The pointing game: of each concept, how often its map [concepts, rows, columns] of an image is largest inside its region. */
export function pointingOf(
  images: ConceptImages,
  rows: Int32Array,
  grid: readonly [number, number],
  mapOf: (index: number, concept: number) => ArrayLike<number>,
): Pointing[] {
  const regions = regionsByImage(images)
  const size = [images.height, images.width] as const
  const found = new Map<number, Pointing>()
  rows.forEach((row, index) => {
    for (const { concept, polygon } of regions.get(row) ?? []) {
      const known = found.get(concept) ?? { concept, images: 0, hits: 0 }
      const hit = pointsInto(mapOf(index, concept), grid, maskOf(polygon, ...size), size)
      found.set(concept, { concept, images: known.images + 1, hits: known.hits + Number(hit) })
    }
  })
  return [...found.values()].sort((a, b) => a.concept - b.concept)
}

/** The share over all images and concepts. */
export const pointingShare = (found: readonly Pointing[]): number =>
  found.reduce((sum, { hits }) => sum + hits, 0) / found.reduce((sum, { images }) => sum + images, 0)

/** The same by similarity: the map of a concept is the best match of its prototypes at each place. */
export async function prototypePointing(
  trained: TrainedPrototypes,
  images: ConceptImages,
  rows: Int32Array,
  signal?: AbortSignal,
): Promise<Pointing[]> {
  const { maps } = await trained.answer(images, rows, signal)
  const { owners, grid } = trained.kept
  return pointingOf(images, rows, grid, (index, concept) => bestMatch(maps, index, concept, owners, grid[0] * grid[1]))
}

/** The best match of a concept's prototypes at each place of image `index`, of maps [rows, P, places]. */
export function bestMatch(
  maps: Float32Array,
  index: number,
  concept: number,
  owners: readonly number[],
  places: number,
): Float32Array {
  const best = new Float32Array(places).fill(-1)
  owners.forEach((owner, p) => {
    if (owner !== concept) return
    const start = (index * owners.length + p) * places
    for (let at = 0; at < places; at++) best[at] = Math.max(best[at]!, maps[start + at]!)
  })
  return best
}
