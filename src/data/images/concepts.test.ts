import { describe, expect, it } from 'vitest'
import { drawRadiographs } from '../worlds/radiographs.ts'
import { drawTiles } from '../worlds/tiles.ts'
import { checkConceptImages, conceptsOf } from './concepts.ts'
import { areaOf, boxOf, centreOf, checkRegion, maskOf, type Polygon } from './regions.ts'
import { pixelsOf, scaleOf } from './scale.ts'

describe('regions', () => {
  it('a box has the pixels inside', () => {
    expect([...maskOf(boxOf(1, 0, 2, 2), 3, 4)]).toEqual([0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0])
    expect(centreOf(boxOf(1, 0, 2, 2))).toEqual([2, 1])
  })

  it('a turned square has about its area, and a hollow in a polygon is outside', () => {
    const diamond: Polygon = [
      [10, 0],
      [20, 10],
      [10, 20],
      [0, 10],
    ]
    expect(areaOf(diamond)).toBe(200)
    expect(maskOf(diamond, 20, 20).reduce((sum, inside) => sum + inside, 0)).toBeCloseTo(200, -1)
    const notched: Polygon = [
      [0, 0],
      [6, 0],
      [6, 6],
      [3, 1],
      [0, 6],
    ]
    expect(maskOf(notched, 6, 6)[5 * 6 + 3]).toBe(0)
    expect(maskOf(notched, 6, 6)[0]).toBe(1)
  })

  it('one without area or outside of its image is refused', () => {
    expect(() => checkRegion(boxOf(0, 0, 0, 4), 8, 8, 'a')).toThrow(/has no area/)
    expect(() => checkRegion(boxOf(6, 0, 4, 4), 8, 8, 'a')).toThrow(/leaves its image of 8 x 8/)
    expect(() =>
      checkRegion(
        [
          [0, NaN],
          [1, 1],
          [2, 0],
        ],
        8,
        8,
        'a',
      ),
    ).toThrow(/not finite/)
  })
})

describe('worlds of concepts', () => {
  const images = drawTiles({ seed: 1, images: [40, 10, 10], shown: 'hands' })

  it('tiles lie where their regions say, and hands are what they are', () => {
    checkConceptImages(images, 'fit')
    expect(images.regions).toHaveLength(180)
    for (let row = 0; row < images.count; row++) {
      const hand = images.labels!.classes[images.labels!.values[row]!]!
      const shown = [...conceptsOf(images, Int32Array.of(row))].flatMap((value, t) => (value === 1 ? [t] : []))
      expect(shown.join(' ')).toBe(hand)
    }
    const { image, polygon } = images.regions![0]!
    const mask = maskOf(polygon, 48, 48)
    const scaled = pixelsOf(images, Int32Array.of(image), scaleOf(images, Int32Array.of(image)))
    const spread = (inside: number) => {
      const own = [...scaled].filter((_, at) => mask[at] === inside)
      return own.reduce((sum, value) => sum + value * value, 0) / own.length
    }
    expect(spread(1)).toBeGreaterThan(spread(0))
  })

  it('some images of fixed hands are freed', () => {
    const { concepts } = drawTiles({ seed: 1, images: [200, 10, 10], shown: 'hands', free: 0.5 })
    const apart = Array.from({ length: 220 }, (_, row) => concepts!.values[row * 8]! !== concepts!.values[row * 8 + 1]!)
    expect(apart.slice(0, 200).filter(Boolean).length).toBeGreaterThan(30)
    expect(apart.slice(200).some(Boolean)).toBe(false)
  })

  it('radiographs are called by their signs, marks go with a class as often as asked', () => {
    const marked = drawRadiographs({ seed: 1, images: [300, 10, 100], mark: [0.9, 0.5] })
    checkConceptImages(marked, 'fit')
    const corner = (row: number) => marked.pixels[row * 4096 + 3 * 64 + 55]! > 200
    const rows = Array.from({ length: 300 }, (_, row) => row)
    const share = (label: number) => {
      const own = rows.filter(row => marked.labels!.values[row] === label)
      return own.filter(corner).length / own.length
    }
    expect(share(0)).toBeGreaterThan(0.75)
    expect(share(1)).toBeLessThan(0.25)
    for (const row of rows) {
      const [ring, cross] = conceptsOf(marked, Int32Array.of(row))
      expect(marked.labels!.values[row]).toBe(cross === 1 ? 1 : ring === 1 ? 0 : 2)
    }
  })
})
