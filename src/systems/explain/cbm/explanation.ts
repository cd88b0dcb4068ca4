import {
  classShift,
  formatNumber,
  formatQuantity,
  formatShare,
  imageEvidence,
  type ChartSpec,
  type EvidencePanel,
} from '../../../charts/index.ts'
import {
  brightnessOf,
  conceptsOf,
  nameOf,
  pixelsOf,
  regionsByImage,
  type ConceptImages,
  type ConceptRegion,
} from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import {
  ConceptIntervention,
  oracleImpurity,
  reduced,
  type Grounding,
  type GroundingTally,
} from '../../../lenses/index.ts'
import { meanInterval } from '../../../metrics/index.ts'
import type { Explanation, Finding, RunContext } from '../../../system/index.ts'
import type { TrainedBottleneck } from './bottleneck.ts'
import { evidenceOf, groundingOf, type EvidenceOptions } from './evidence.ts'
import type { CbmOptions } from './options.ts'

/** Pictures drawn. */
const pictures = 6
/** Cells of a side of a drawn picture, and of the evidence over it. */
const [pictureCells, evidenceCells] = [32, 16]

/** Where a trained model reads concepts from, and what a person's corrections change. */
export async function groundingExplanation(
  bottleneck: TrainedBottleneck,
  images: ConceptImages,
  options: Pick<CbmOptions, 'attribution' | 'steps' | 'images' | 'image' | 'correct'>,
  { seed, threads, signal, progress }: RunContext,
): Promise<Explanation> {
  bottleneck.check(images)
  const asked = images.splits?.test ?? Int32Array.from({ length: images.count }, (_, row) => row)
  const rows = asked.slice(0, options.images)
  const evidence: EvidenceOptions = { ...options, seed, threads, signal }
  const corrected = await correctionOf(bottleneck, images, options)
  if (!images.regions || images.regions.length === 0) {
    return {
      ...corrected,
      complete: true,
      notes: [...corrected.notes, 'no regions are known: nothing to hold the evidence against'],
    }
  }
  const tell = (done: number) => progress({ stage: 'image', done, total: 2 * rows.length })
  const tally = await groundingOf(bottleneck, images, rows, { ...evidence, progress: tell })
  const network = bottleneck.untrained(seed)
  const control = await groundingOf(bottleneck, images, rows, {
    ...evidence,
    network,
    progress: done => tell(rows.length + done),
  })
  const groundings = tally.groundings()
  if (groundings.length === 0) {
    throw new InterplayError('data/region', `none of the ${rows.length} images looked at has a region of a concept`)
  }
  const untrained = new Map(control.groundings().map(each => [each.concept, each.own]))
  const { names } = images.concepts!
  const impurity = await impurityOf(bottleneck, images, asked)
  return {
    results: [
      ...groundings.map(({ concept, own, shares, area }): Finding => {
        const { low, high } = meanInterval(shares)
        const reason = `${formatNumber(own / area)} times what evidence spread evenly reaches`
        return {
          set: [names[concept]!],
          index: 'own share',
          value: own,
          ...(shares.length > 1 ? { low, high } : {}),
          reason,
        }
      }),
      ...pairFindings(names, groundings, (a, b) => tally.partner(a, b)),
      ...corrected.results,
    ],
    complete: true,
    units: 'share of the positive evidence',
    table: {
      columns: [
        'concept',
        'images',
        'own region',
        'area',
        'times even',
        'others’ regions',
        'peak inside',
        'pixels off',
        'untrained',
      ],
      rows: groundings.map(({ concept, images: count, own, area, partners, hits, distance }) => [
        ...[names[concept]!, count, own, area, own / area, partners, hits, distance],
        untrained.get(concept) ?? null,
      ]),
    },
    tensors: {
      partners: { dtype: 'float64', dims: [names.length, names.length], data: partnerShares(names.length, tally) },
    },
    figures: [await picturesOf(bottleneck, images, rows, groundings, evidence), ...corrected.figures],
    notes: [
      `evidence by ${options.attribution}, on ${formatQuantity(rows.length, 'image')}; other ways to measure it may differ (--set attribution=occlusion)`,
      `the last column is the same network before it learned: what is not above it is not learned`,
      ...(impurity === undefined
        ? []
        : [
            `oracle impurity ${formatNumber(impurity)}: 0 where predicted concepts tell no more of other concepts than true ones do`,
          ]),
      ...corrected.notes,
    ],
  }
}

/** [C, C] the share of the row's evidence in the region of the column's concept, its own on the diagonal; NaN where never seen. */
function partnerShares(concepts: number, tally: GroundingTally): Float64Array {
  const own = new Map(tally.groundings().map(each => [each.concept, each.own]))
  return Float64Array.from({ length: concepts ** 2 }, (_, at) => {
    const [concept, other] = [Math.floor(at / concepts), at % concepts]
    return concept === other ? (own.get(concept) ?? NaN) : tally.partner(concept, other)
  })
}

/** Images too few to halve say nothing. */
const fewestForImpurity = 40

async function impurityOf(bottleneck: TrainedBottleneck, images: ConceptImages, rows: Int32Array) {
  if (rows.length < fewestForImpurity) return undefined
  const { concepts } = await bottleneck.logits(images, rows)
  return oracleImpurity(concepts, conceptsOf(images, rows), bottleneck.kept.size.concepts)
}

/** The share of a concept's evidence in the region of another, where it beats the other's even share by half. */
function pairFindings(
  names: readonly string[],
  groundings: readonly Grounding[],
  partner: (concept: number, other: number) => number,
): Finding[] {
  return groundings.flatMap(({ concept }) =>
    groundings.flatMap(({ concept: other, area }): Finding[] => {
      const value = partner(concept, other)
      if (concept === other || Number.isNaN(value) || value < 1.5 * area) return []
      return [
        {
          set: [names[concept]!, names[other]!],
          index: 'partner share',
          value,
          reason: `the region covers ${formatShare(area)}`,
        },
      ]
    }),
  )
}

async function picturesOf(
  bottleneck: TrainedBottleneck,
  images: ConceptImages,
  rows: Int32Array,
  groundings: readonly Grounding[],
  options: EvidenceOptions,
): Promise<ChartSpec> {
  const { height, width } = images
  const { names } = images.concepts!
  const regions = regionsByImage(images)
  const { of, close } = evidenceOf(bottleneck.network(), bottleneck.model.concepts, options)
  const weakest = groundings.toSorted((a, b) => a.own - b.own)
  const size = [height, width] as const
  const grid = (map: ArrayLike<number>, cells: number) => {
    const shape = [Math.min(cells, height), Math.min(cells, width)] as const
    return { rows: shape[0], columns: shape[1], values: Array.from(reduced(map, size, shape)) }
  }
  const panels: EvidencePanel[] = []
  try {
    for (const { concept, own } of weakest.slice(0, pictures)) {
      const row = rows.find(each => (regions.get(each) ?? []).some(region => region.concept === concept))!
      const map = await of(pixelsOf(images, Int32Array.of(row), bottleneck.kept.scale), concept)
      panels.push({
        title: `${names[concept]} ${formatShare(own)}`,
        picture: grid(brightnessOf(images, row), pictureCells),
        evidence: grid(map, evidenceCells),
        outlines: ownFirst(regions.get(row)!, concept).map(region => ({
          name: region.concept === concept ? 'its own region' : 'of another concept',
          corners: region.polygon.map(([x, y]) => [x / width, y / height] as const),
        })),
        text: `image ${nameOf(images, row)}: ${names[concept]}, of all images ${formatShare(own)} of the evidence in its own region`,
      })
    }
  } finally {
    await close()
  }
  const [worst] = weakest
  return imageEvidence({
    title: `${names[worst!.concept]} is read least from its own region: ${formatShare(worst!.own)} of the evidence, ${formatShare(worst!.area)} of the picture`,
    panels,
    table: {
      columns: [
        { title: 'concept', format: 'text' },
        { title: 'own region', format: 'share' },
        { title: 'area', format: 'share' },
        { title: 'other regions', format: 'share' },
      ],
      rows: weakest.map(({ concept, own, area, partners }) => [names[concept]!, own, area, partners]),
    },
    units: 'share of the positive evidence',
    sampleSize: formatQuantity(rows.length, 'image'),
    note: 'Evidence is relative to the strongest of a picture; the share above it is over all images.',
  })
}

const ownFirst = (regions: readonly ConceptRegion[], concept: number) =>
  regions.toSorted((a, b) => Number(b.concept === concept) - Number(a.concept === concept))

interface Corrected {
  results: Finding[]
  figures: ChartSpec[]
  notes: string[]
}

/** Class probabilities of one image before and after a person's corrections. */
async function correctionOf(
  bottleneck: TrainedBottleneck,
  images: ConceptImages,
  { image, correct }: Pick<CbmOptions, 'image' | 'correct'>,
): Promise<Corrected> {
  const entries = Object.entries(correct)
  if (entries.length === 0) return { results: [], figures: [], notes: [] }
  if (image >= images.count) {
    throw new InterplayError(
      'option/invalid',
      `there is no image ${image}: ${formatQuantity(images.count, 'image')} are given`,
      {
        where: '--set image',
      },
    )
  }
  const start = ConceptIntervention.of(await bottleneck.correctable(images, image))
  const state = entries.reduce((now, [name, present]) => now.correct(name, present === 1), start)
  const [before, after] = [await start.answer(), await state.answer()]
  const { classes } = bottleneck.kept
  const by = entries.map(([name, present]) => `${name} ${present === 1 ? 'present' : 'absent'}`).join(', ')
  const next = state.next()
  return {
    results: classes.map((name, k) => ({
      set: [name],
      index: 'change of probability',
      value: after[k]! - before[k]!,
      reason: `${formatShare(before[k]!)} before, ${formatShare(after[k]!)} after`,
    })),
    figures: [classShift({ classes, before, after, by, of: `image ${nameOf(images, image)}` })],
    notes:
      next === undefined
        ? []
        : [`the concept of image ${image} that the model is least sure of among the others: ${next}`],
  }
}
