import type { Images, PixelScale, Splits } from '../../../data/index.ts'
import { State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { countParameters } from '../../../nn/index.ts'
import type { Answer, Fitted, RunContext, Saved } from '../../../system/index.ts'
import { sha256, taken } from '../../../train/index.ts'
import { Backbone, Extractor, gridOf, type ImageSize } from './backbone.ts'
import { CorrClassifier, type CorrOptions, type Look, type Support } from './classifier.ts'
import { evidenceFigure } from './explanation.ts'
import { train, type TrainOptions } from './train.ts'

export type Options = TrainOptions & CorrOptions

/** A trained classifier with what turns images into features. */
export interface Corr {
  classifier: CorrClassifier
  /** Looks at images of these rows: what reviewing them needs. */
  look(images: Images, rows: Int32Array, signal?: AbortSignal): Promise<Look[]>
  close(): Promise<void>
}

interface Kept {
  options: Options
  size: ImageSize
  scale: PixelScale
  classes: readonly string[]
  names: readonly string[]
  hashes: readonly string[]
}

interface Parts extends Corr {
  backbone: Backbone
  state: State
  kept: Kept
}

interface Learned extends Parts {
  splits: Splits
}

/** Learns the backbone and keeps the training images' features as the support. */
export async function learn(images: Images, options: Options, context: RunContext): Promise<Learned> {
  const { backbone, state, scale, extractor, splits } = await train(images, options, context)
  try {
    const { maps } = await extractor.features(images, splits.train, context.signal)
    const { channels, height, width, labels } = images
    const names = Array.from(splits.train, row => nameOf(images, row))
    const hashes = Array.from(splits.train, row => hashOf(images, row))
    const kept = { options, size: { channels, height, width }, scale, classes: labels!.classes, names, hashes }
    const classifier = new CorrClassifier(supportOf(kept, maps, taken(labels!.values, 1, splits.train)), options)
    return { ...assembled(classifier, extractor, kept), backbone, state, kept, splits }
  } catch (error) {
    await extractor.close()
    throw error
  }
}

function assembled(classifier: CorrClassifier, extractor: Extractor, { size }: Kept): Corr {
  const { rows: high, columns, channels } = classifier.support
  const length = channels * high * columns
  return {
    classifier,
    async look(images, rows, signal) {
      checkSame(images, size)
      const { maps } = await extractor.features(images, rows, signal)
      return Array.from(rows, (row, i) =>
        classifier.look(maps.subarray(i * length, (i + 1) * length), hashOf(images, row)),
      )
    },
    close: () => extractor.close(),
  }
}

const supportOf = (
  { options, size, classes, names, hashes }: Kept,
  maps: Float32Array,
  labels: Int32Array,
): Support => ({
  ...gridOf(size, options.widths),
  channels: options.widths.at(-1)!,
  maps,
  labels,
  classes,
  names,
  hashes,
})

export async function fit(images: Images, options: Options, context: RunContext): Promise<Fitted<Images>> {
  const corr = await learn(images, options, context)
  try {
    const { train: support, valid, test } = corr.splits
    const [first] = test
    const shown = first === undefined ? [] : await corr.look(images, Int32Array.of(first), context.signal)
    return {
      ...fitted(corr),
      metrics: { valid: await scores(corr, images, valid, context), test: await scores(corr, images, test, context) },
      figures: shown.map(look => evidenceFigure(images, first!, support, look, corr.classifier)),
    }
  } catch (error) {
    await corr.close()
    throw error
  }
}

export function load({ description, tensors }: Saved, { threads }: RunContext): Promise<Fitted<Images>> {
  const kept = description as unknown as Kept
  const { options, size, scale, classes } = kept
  const { 'support.maps': maps, 'support.labels': labels, ...weights } = tensors!
  const backbone = new Backbone(size.channels, options.widths, classes.length)
  const state = new State({ model: backbone }, 1)
  state.load(weights)
  const extractor = new Extractor(backbone, size, scale, state, threads)
  const support = supportOf(kept, maps!.data as Float32Array, Int32Array.from(labels!.data as Int32Array))
  const classifier = new CorrClassifier(support, options)
  return Promise.resolve(fitted({ ...assembled(classifier, extractor, kept), backbone, state, kept }))
}

function fitted(corr: Parts): Fitted<Images> {
  const { backbone, state, kept, classifier } = corr
  const { maps, labels, channels, rows, columns } = classifier.support
  return {
    parameters: countParameters(backbone),
    predict: (images, context) => answer(corr, images, context),
    save: () => ({
      description: { ...kept },
      tensors: {
        ...Object.fromEntries([...state.entries()].filter(([name]) => name.startsWith('model.'))),
        'support.maps': { dtype: 'float32', dims: [labels.length, channels, rows, columns], data: maps },
        'support.labels': { dtype: 'int32', dims: [labels.length], data: labels },
      },
    }),
    close: () => corr.close(),
  }
}

async function answer({ classifier, look }: Corr, images: Images, { signal }: RunContext): Promise<Answer> {
  const all = Int32Array.from({ length: images.count }, (_, row) => row)
  const { classes, names } = classifier.support
  const looks = await look(images, all, signal)
  const records = looks.map((own, row) => {
    const { label, votes, of, evidence } = classifier.answer(own)
    return {
      image: images.names?.[row] ?? row + 1,
      label: classes[label]!,
      share: votes / of,
      nearest: classes[own.nearest.label]!,
      evidence: evidence.slice(0, 5).map(({ item }) => names[item]!),
    }
  })
  const leaks = looks.filter(({ leak }) => leak !== undefined).length
  return {
    records,
    notes:
      leaks > 0 ? [`${leaks} of ${images.count} images are among those that decide: their answers are no test`] : [],
  }
}

/** Shares of labelled rows that are told right: by patches, and by the nearest images as they are. */
async function scores(
  { classifier, look }: Corr,
  images: Images,
  rows: Int32Array,
  { signal }: RunContext,
): Promise<Record<string, number> | undefined> {
  const known = rows.filter(row => images.labels!.values[row]! >= 0)
  if (known.length === 0) return undefined
  const looks = await look(images, known, signal)
  const share = (label: (own: Look) => number) =>
    looks.filter((own, i) => label(own) === images.labels!.values[known[i]!]).length / known.length
  return { accuracy: share(own => classifier.answer(own).label), nearest: share(own => own.nearest.label) }
}

const nameOf = ({ names }: Images, row: number): string => names?.[row] ?? `image ${row + 1}`

const hashOf = ({ pixels, channels, height, width }: Images, row: number): string => {
  const size = channels * height * width
  const own = pixels.slice(row * size, (row + 1) * size)
  return sha256(new Uint8Array(own.buffer)).slice(0, 16)
}

/** @throws InterplayError `data/shape` where images are of another size than those learned from */
function checkSame({ channels, height, width }: Images, size: ImageSize): void {
  if (channels === size.channels && height === size.height && width === size.width) return
  throw new InterplayError(
    'data/shape',
    `images are ${channels} x ${height} x ${width}, ${size.channels} x ${size.height} x ${size.width} were learned from`,
    { try: `resize them to ${size.height} x ${size.width}` },
  )
}
