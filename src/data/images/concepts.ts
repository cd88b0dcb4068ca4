import { InterplayError } from '../../errors/index.ts'
import { checkImages, type Images } from './images.ts'
import { checkRegion, type Polygon } from './regions.ts'

/** Named things that an image shows or does not. */
export interface Concepts {
  names: readonly string[]
  /** [count, names], 1 where the image shows the concept. */
  values: Uint8Array
}

/** Where an image shows a concept. */
export interface ConceptRegion {
  image: number
  concept: number
  polygon: Polygon
}

/** Images with what they show, and where as far as it is known. */
export interface ConceptImages extends Images {
  /** Needed to learn, not to predict. */
  concepts?: Concepts
  regions?: readonly ConceptRegion[]
}

/** @throws InterplayError `data/*` of images, `data/concepts-missing`, `data/concepts`, `data/region` */
export function checkConceptImages(images: ConceptImages, purpose: 'fit' | 'predict'): void {
  checkImages(images, purpose)
  if (images.concepts) checkConcepts(images, purpose)
  else if (purpose === 'fit')
    throw new InterplayError('data/concepts-missing', 'the images have no concepts to learn from')
  for (const { image, concept, polygon } of images.regions ?? []) {
    const { names } = images.concepts ?? { names: [] }
    if (image >= images.count || !(concept in names)) {
      throw new InterplayError('data/region', `a region is of concept ${concept} of image ${image}`, {
        why: `there are ${names.length} concepts and ${images.count} images`,
      })
    }
    checkRegion(polygon, images.height, images.width, `'${names[concept]}' in image ${nameOf(images, image)}`)
  }
}

function checkConcepts({ concepts, count, splits }: ConceptImages, purpose: 'fit' | 'predict'): void {
  const { names, values } = concepts!
  const width = names.length
  if (width === 0 || values.length !== count * width) {
    throw new InterplayError('data/concepts', `${values.length} values are not ${width} concepts of ${count} images`)
  }
  const strange = values.findIndex(value => value > 1)
  if (strange >= 0) {
    const where = `'${names[strange % width]}' of image ${Math.floor(strange / width)}`
    throw new InterplayError('data/concepts', `${where} is ${values[strange]}, neither 0 nor 1`)
  }
  if (purpose === 'predict') return
  const rows = splits?.train ?? Int32Array.from({ length: count }, (_, row) => row)
  const constant = names.filter((_, c) => {
    const shown = rows.reduce((sum, row) => sum + values[row * width + c]!, 0)
    return shown === 0 || shown === rows.length
  })
  if (constant.length === 0) return
  const [first] = constant
  const shown = values[rows[0]! * width + names.indexOf(first!)] === 1 ? 'all' : 'none'
  throw new InterplayError(
    'data/concepts-constant',
    `${shown} of ${rows.length} training images show '${first}'${constant.length > 1 ? `, and ${constant.length - 1} more concepts are constant` : ''}`,
    { why: 'a concept that never changes cannot be learned', try: 'leave it out, or add images that differ in it' },
  )
}

/** A file name, or the image's number from 0. */
export const nameOf = ({ names }: Images, image: number): string => `'${names?.[image] ?? image}'`

/** The concepts of these images, [rows, names] as 0 and 1. */
export function conceptsOf({ concepts }: ConceptImages, rows: Int32Array): Float32Array {
  const { names, values } = concepts!
  const result = new Float32Array(rows.length * names.length)
  rows.forEach((row, i) => result.set(values.subarray(row * names.length, (row + 1) * names.length), i * names.length))
  return result
}

/** The regions of each image, by number. */
export function regionsByImage({ regions = [] }: ConceptImages): Map<number, ConceptRegion[]> {
  const known = new Map<number, ConceptRegion[]>()
  for (const region of regions) known.set(region.image, [...(known.get(region.image) ?? []), region])
  return known
}

/**
 * Whether a model of images of this size, with these concepts, can read others.
 * @throws InterplayError `data/shape`, `data/concepts`
 */
export function checkKnownConcepts(
  { channels, height, width, concepts }: ConceptImages,
  size: Pick<Images, 'channels' | 'height' | 'width'>,
  known: readonly string[],
): void {
  if (channels !== size.channels || height !== size.height || width !== size.width) {
    throw new InterplayError(
      'data/shape',
      `this model looks at ${size.channels} x ${size.height} x ${size.width} images; got ${channels} x ${height} x ${width}`,
      { try: `resize to ${size.height} x ${size.width}` },
    )
  }
  if (!concepts || concepts.names.join('\n') === known.join('\n')) return
  throw new InterplayError('data/concepts', `this model knows ${known.length} concepts, the images have other ones`, {
    why: `known: ${known.join(', ')}; of the images: ${concepts.names.join(', ')}`,
  })
}
