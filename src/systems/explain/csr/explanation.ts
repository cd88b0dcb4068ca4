import {
  classShift,
  contributionBars,
  formatNumber,
  formatQuantity,
  formatShare,
  imageEvidence,
  type ChartSpec,
  type EvidencePanel,
} from '../../../charts/index.ts'
import { brightnessOf, nameOf, regionsByImage, type ConceptImages } from '../../../data/index.ts'
import type { HostTensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { reduced } from '../../../lenses/index.ts'
import { proportionInterval } from '../../../metrics/index.ts'
import type { Explanation, Finding, RunContext } from '../../../system/index.ts'
import type { Consultation, Feedback } from './consultation.ts'
import type { CsrOptions } from './options.ts'
import { prototypePointing } from './pointing.ts'
import type { TrainedPrototypes } from './trained.ts'

/** Prototypes that are drawn, and that are told. */
const [drawnPrototypes, toldPrototypes] = [4, 10]
/** Cells of a side of a drawn picture. */
const pictureCells = 32

/** What one image is likened to, what a person's feedback changes, and whether the model looks at the right places. */
export async function csrExplanation(
  trained: TrainedPrototypes,
  images: ConceptImages,
  options: Pick<CsrOptions, 'image' | 'positive' | 'negative' | 'reject' | 'rejectBy' | 'alpha'>,
  { signal }: RunContext,
): Promise<Explanation> {
  trained.check(images)
  const { image } = options
  if (image >= images.count) {
    throw new InterplayError(
      'option/invalid',
      `there is no image ${image}: ${formatQuantity(images.count, 'image')} are given`,
      {
        where: '--set image',
      },
    )
  }
  const start = await trained.consult(images, image, options)
  const state = feedbackOf(options).reduce((now, each) => now.with(each), start)
  const { classes } = trained.kept
  const label = likeliest(state)
  const parts = partsOf(trained, state, label)
  const rows = images.splits?.test ?? Int32Array.from({ length: images.count }, (_, row) => row)
  const pointing = await pointingFindings(trained, images, rows, signal)
  const whole = state.logits[label]!
  const shown = parts.slice(0, toldPrototypes)
  return {
    results: [
      ...shown.map(({ name, value, says }): Finding => ({
        set: [name],
        index: `logit of ${classes[label]}`,
        value,
        reason: says,
      })),
      ...pointing,
    ],
    complete: true,
    units: 'logit',
    table: {
      columns: ['class', 'before', 'after'],
      rows: classes.map((name, k) => [name, start.probabilities[k]!, state.probabilities[k]!]),
    },
    tensors: { maps: await mapsOf(trained, images, image, signal) },
    figures: [
      picturesOf(trained, images, image, state, parts),
      contributionBars({
        title: `image ${nameOf(images, image)} is ${classes[label]} by ${parts[0]!.name}: ${formatNumber(parts[0]!.value)} of a logit of ${formatNumber(whole)}`,
        parts: shown,
        units: 'logit',
        sampleSize: '1 image',
        note: `All prototypes and the class's own ${formatNumber(whole - parts.reduce((sum, { value }) => sum + value, 0))} add up to the logit.`,
      }),
      ...(state.feedback.length > 0
        ? [
            classShift({
              classes,
              before: start.probabilities,
              after: state.probabilities,
              by: state.feedback.map(saidOf).join(', '),
              of: `image ${nameOf(images, image)}`,
            }),
          ]
        : []),
    ],
    notes: [
      `image ${nameOf(images, image)}: ${classes[label]}, probability ${formatShare(state.probabilities[label]!)}${state.asks ? '; two classes are near, a person’s view is asked for' : ''}`,
      ...(pointing.length === 0 ? ['no regions are known: nothing to hold the evidence against'] : []),
      ...trained.kept.notes,
    ],
  }
}

/** Cosines of every prototype and place of the image, [P, rows, columns], before feedback. */
async function mapsOf(
  trained: TrainedPrototypes,
  images: ConceptImages,
  image: number,
  signal?: AbortSignal,
): Promise<HostTensor> {
  const { maps } = await trained.answer(images, Int32Array.of(image), signal)
  return { dtype: 'float32', dims: [trained.kept.owners.length, ...trained.kept.grid], data: maps }
}

const likeliest = ({ probabilities }: Consultation): number => probabilities.indexOf(Math.max(...probabilities))

const feedbackOf = ({
  positive,
  negative,
  reject,
}: Pick<CsrOptions, 'positive' | 'negative' | 'reject'>): Feedback[] => [
  ...positive.map(box => ({ kind: 'look' as const, box })),
  ...negative.map(box => ({ kind: 'look away' as const, box })),
  ...reject.map(concept => ({ kind: 'reject' as const, concept })),
]

const saidOf = (feedback: Feedback): string =>
  feedback.kind === 'reject' ? `${feedback.concept} rejected` : `${feedback.kind} at ${feedback.box.join(', ')}`

interface Part {
  prototype: number
  name: string
  value: number
  says: string
}

/** What every prototype adds to a class, the strongest first. */
function partsOf({ kept }: TrainedPrototypes, state: Consultation, label: number): Part[] {
  const scores = state.scores
  return [...state.contributions(label)]
    .map((value, prototype) => {
      const { image } = kept.atlas[prototype]!
      const name = `${kept.concepts[kept.owners[prototype]!]} ${prototype}`
      return { prototype, name, value, says: `cosine ${formatNumber(scores[prototype]!)} with image ${image}` }
    })
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
}

/** The image under its best matches, and what each was matched with. */
function picturesOf(
  trained: TrainedPrototypes,
  images: ConceptImages,
  row: number,
  state: Consultation,
  parts: readonly Part[],
): ChartSpec {
  const { height, width } = images
  const { grid, atlas } = trained.kept
  const side = trained.pictures.dims[1]!
  const cells = (map: ArrayLike<number>, extents: readonly [number, number]) => {
    const shape = extents.map(extent => Math.min(pictureCells, extent)) as [number, number]
    return { rows: shape[0], columns: shape[1], values: Array.from(reduced(map, extents, shape)) }
  }
  const query = cells(brightnessOf(images, row), [height, width])
  const regions = regionsByImage(images).get(row) ?? []
  const chosen = parts.slice(0, drawnPrototypes)
  const panels = [
    ...chosen.map(({ prototype, name, says }): EvidencePanel => ({
      title: name,
      picture: query,
      evidence: {
        rows: grid[0],
        columns: grid[1],
        values: Array.from(state.weighted(prototype), value => Math.max(0, value)),
      },
      outlines: regions
        .filter(({ concept }) => concept === trained.kept.owners[prototype])
        .map(({ polygon }) => ({
          name: 'region of the concept',
          corners: polygon.map(([x, y]) => [x / width, y / height] as const),
        })),
      text: `${name}: ${says}`,
    })),
    ...chosen.map(({ prototype }): EvidencePanel => ({
      title: `from ${atlas[prototype]!.image}`,
      picture: cells(
        Array.from(
          trained.pictures.data.subarray(prototype * side * side, (prototype + 1) * side * side),
          byte => byte / 255,
        ),
        [side, side],
      ),
      text: `prototype ${prototype}, from training image ${atlas[prototype]!.image}`,
    })),
  ]
  const [best] = chosen
  return imageEvidence({
    title: `image ${nameOf(images, row)} is likened most to ${best!.name}: ${best!.says}`,
    panels,
    across: chosen.length,
    table: {
      columns: [
        { title: 'prototype', format: 'text' },
        { title: 'logit', format: 'number' },
        { title: 'match', format: 'text' },
      ],
      rows: chosen.map(({ name, value, says }) => [name, value, says]),
    },
    units: 'cosine of each place, above zero',
    sampleSize: '1 image',
    note: 'Above the image under what it is likened to, beneath the training pictures.',
  })
}

async function pointingFindings(
  trained: TrainedPrototypes,
  images: ConceptImages,
  rows: Int32Array,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const found = await prototypePointing(trained, images, rows, signal)
  return found.map(({ concept, images: count, hits }) => {
    const { low, high } = proportionInterval(hits, count)
    const set = [trained.kept.concepts[concept]!]
    return {
      set,
      index: 'pointing',
      value: hits / count,
      low,
      high,
      reason: `of ${formatQuantity(count, 'image')} with its region`,
    }
  })
}
