import { centreOf, maskOf, type ConceptRegion } from '../../data/index.ts'
import { areaShare, distanceFrom, massWithin, peakOf } from '../spatial/index.ts'

/** Where the evidence for one concept lies, over the images that show it. */
export interface Grounding {
  concept: number
  images: number
  /** Mean share of the positive evidence inside the concept's own region. */
  own: number
  /** The share of each image. */
  shares: readonly number[]
  /** Mean share of the image that the region covers: what evidence spread evenly reaches. */
  area: number
  /** Mean share inside the regions of all other concepts shown. */
  partners: number
  /** Share of images in which the strongest place lies inside the region. */
  hits: number
  /** Mean pixels from the strongest place to the middle of the region. */
  distance: number
}

/** Adds up where evidence lies, image by image. */
export class GroundingTally {
  private readonly sums = new Map<number, Omit<Grounding, 'concept' | 'shares'>>()
  private readonly shares = new Map<number, number[]>()
  private readonly pairs = new Map<string, { share: number; images: number }>()

  constructor(
    private readonly height: number,
    private readonly width: number,
  ) {}

  /** A map of an image's evidence for a concept that it shows, with all regions of the image. Other maps are left out. */
  add(map: ArrayLike<number>, concept: number, regions: readonly ConceptRegion[]): void {
    const { height, width } = this
    const region = regions.find(each => each.concept === concept)
    if (!region) return
    const mask = maskOf(region.polygon, height, width)
    const own = massWithin(map, mask)
    if (Number.isNaN(own)) return
    const sum = this.sums.get(concept) ?? { images: 0, own: 0, area: 0, partners: 0, hits: 0, distance: 0 }
    const peak = peakOf(map)
    this.shares.set(concept, [...(this.shares.get(concept) ?? []), own])
    this.sums.set(concept, {
      images: sum.images + 1,
      own: sum.own + own,
      area: sum.area + areaShare(mask),
      partners: sum.partners + this.addPartners(map, concept, regions),
      hits: sum.hits + mask[peak]!,
      distance: sum.distance + distanceFrom(peak, width, centreOf(region.polygon)),
    })
  }

  private addPartners(map: ArrayLike<number>, concept: number, regions: readonly ConceptRegion[]): number {
    let total = 0
    for (const { concept: other, polygon } of regions) {
      if (other === concept) continue
      const share = massWithin(map, maskOf(polygon, this.height, this.width))
      const known = this.pairs.get(`${concept} ${other}`) ?? { share: 0, images: 0 }
      this.pairs.set(`${concept} ${other}`, { share: known.share + share, images: known.images + 1 })
      total += share
    }
    return total
  }

  /** A record a concept that any image showed, in their order. */
  groundings(): Grounding[] {
    return [...this.sums]
      .sort(([a], [b]) => a - b)
      .map(([concept, { images, ...sums }]) => {
        const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / images]))
        return {
          concept,
          images,
          ...(means as Omit<Grounding, 'concept' | 'images' | 'shares'>),
          shares: this.shares.get(concept)!,
        }
      })
  }

  /** Mean share of the evidence for one concept that lies in the region of another, over images that show both. */
  partner(concept: number, other: number): number {
    const known = this.pairs.get(`${concept} ${other}`)
    return known ? known.share / known.images : NaN
  }
}
