import { formatQuantity } from '../../../charts/format.ts'
import { brightnessOf, conceptsOf, nameOf, scaleOf, splitAtRandom, type ConceptImages } from '../../../data/index.ts'
import { State, type ParameterOwner } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { peakOf } from '../../../lenses/index.ts'
import { accuracy, callMulticlass, confusionMatrix, macroScore } from '../../../metrics/index.ts'
import { taken, trainVectorClassifier } from '../../../train/index.ts'
import { activationsOf, trainActivation, type Context } from './activation.ts'
import { PrototypeNetwork } from './model.ts'
import type { CsrOptions } from './options.ts'
import { nearestVectors, projectedOf, trainPrototypes } from './prototypes.ts'
import { TrainedPrototypes, type Kept, type Pictures } from './trained.ts'

export interface CsrScores {
  [name: string]: number
  accuracy: number
  macroF1: number
  /** Mean over concepts of the F1 of telling whether an image shows it. */
  conceptF1: number
}

export interface TrainedCsr {
  trained: TrainedPrototypes
  valid: CsrScores
  test: CsrScores
}

/** Places of a side of a prototype's picture. */
const pictured = 3

/** Stages A, B and C: concepts and their maps, prototypes and their atlas, classes. */
export async function trainCsr(images: ConceptImages, options: CsrOptions, context: Context): Promise<TrainedCsr> {
  const { seed, threads, signal } = context
  const { names } = images.concepts!
  const { classes } = images.labels!
  const { channels, height, width } = images
  const size = { channels, height, width, concepts: names.length, classes: classes.length }
  const splits = splitOf(images, seed)
  const notes: string[] = []
  const owners = ownersOf(images, splits.train, options.prototypes, notes)
  const model = new PrototypeNetwork(size, owners, options)
  const grid = gridOf(images, model.activation.features.reduction)
  const scale = scaleOf(images, splits.train)
  const state = new State({ model }, seed)
  const training = { model: model.activation, learns: 'concepts', scale, splits, options } as const
  const stageA = await trainActivation(images, training, context)
  try {
    copied(model.activation, stageA.state, state)
    const { maps, vectors } = await activationsOf(stageA, images, splits.train, scale, signal)
    const shown = shownVectors(vectors, conceptsOf(images, splits.train), names.length)
    const stageB = await trainPrototypes(model, shown, options, context)
    const projected = await projectedOf(stageB, shown.vectors).finally(() => stageB.close())
    copied(model.projector, stageB.state, state)
    const prototypes = Float32Array.from(stageB.state.read(model.prototypes).data)
    const { nearest, wins } = nearestVectors(projected, shown.concepts, prototypes, owners)
    const vectorWidth = projected.length / shown.concepts.length
    owners.forEach((_, p) =>
      prototypes.set(projected.subarray(nearest[p]! * vectorWidth, (nearest[p]! + 1) * vectorWidth), p * vectorWidth),
    )
    state.write(model.prototypes, prototypes)
    const places = grid[0] * grid[1]
    const sources = owners.map((owner, p) => {
      const place = shown.images[nearest[p]!]!
      const map = maps.subarray((place * names.length + owner) * places, (place * names.length + owner + 1) * places)
      return { row: splits.train[place]!, place: peakOf(map), wins: wins[p]! }
    })
    const idle = sources.flatMap((source, p) => (source.wins === 0 ? [p] : []))
    if (idle.length > 0)
      notes.push(`${formatQuantity(idle.length, 'prototype')} nearest to no training vector: ${idle.join(', ')}`)
    const kept: Kept = {
      ...{ options, size, scale, owners, concepts: names, classes, grid, notes },
      atlas: sources.map(({ row, place, wins: won }) => ({ image: nameOf(images, row), place, wins: won })),
      neutral: owners.map(() => 0),
    }
    const trained = new TrainedPrototypes(model, state, kept, picturesOf(images, sources, grid), threads)
    return await withHead(trained, images, splits, context)
  } finally {
    await stageA.close()
  }
}

/** A trained model without some prototypes, and with a head that learned anew: what a reviewer makes of it. */
export async function reviewed(
  before: TrainedPrototypes,
  images: ConceptImages,
  drop: readonly number[],
  context: Context,
): Promise<TrainedCsr> {
  const { kept, state, model, pictures } = before
  const strange = drop.find(p => p >= kept.owners.length)
  if (strange !== undefined) {
    throw new InterplayError('option/invalid', `there is no prototype ${strange}: ${kept.owners.length} are kept`, {
      where: '--set drop',
    })
  }
  const rest = kept.owners.flatMap((_, p) => (drop.includes(p) ? [] : [p]))
  if (rest.length === 0)
    throw new InterplayError('option/invalid', 'no prototype would be left', { where: '--set drop' })
  const chosen = <T>(values: readonly T[]) => rest.map(p => values[p]!)
  const owners = chosen(kept.owners)
  const slim = new PrototypeNetwork(kept.size, owners, kept.options)
  const slimState = new State({ model: slim }, context.seed)
  for (const part of ['activation', 'projector'] as const) renamed(model[part], state, slim[part], slimState)
  slimState.write(
    slim.prototypes,
    taken(Float32Array.from(state.read(model.prototypes).data), kept.options.width, Int32Array.from(rest)),
  )
  const side = pictures.dims[1]!
  const crops: Pictures = {
    ...pictures,
    dims: [rest.length, side, side],
    data: taken(pictures.data, side * side, Int32Array.from(rest)),
  }
  const notes = [...kept.notes, `a reviewer left out ${formatQuantity(drop.length, 'prototype')}: ${drop.join(', ')}`]
  const slimKept = { ...kept, owners, atlas: chosen(kept.atlas), neutral: chosen(kept.neutral), notes }
  const { threads, seed } = context
  return withHead(
    new TrainedPrototypes(slim, slimState, slimKept, crops, threads),
    images,
    splitOf(images, seed),
    context,
  )
}

type Rows = ReturnType<typeof splitOf>

/** Stage C: classes from scores; and what scores are where their concepts are absent. */
async function withHead(
  trained: TrainedPrototypes,
  images: ConceptImages,
  splits: Rows,
  { seed, threads, signal }: Context,
): Promise<TrainedCsr> {
  const { kept, model, state } = trained
  const scoresAt = async (rows: Int32Array) => (await trained.answer(images, rows, signal)).scores
  const labelsAt = (rows: Int32Array) => taken(images.labels!.values, 1, rows)
  try {
    const vectors = await scoresAt(splits.train)
    kept.neutral = neutralOf(vectors, conceptsOf(images, splits.train), kept)
    await trainVectorClassifier(
      {
        ...{ model: model.head, classes: kept.size.classes, vectors, labels: labelsAt(splits.train) },
        valid: { vectors: await scoresAt(splits.valid), labels: labelsAt(splits.valid) },
        epochs: kept.options.headEpochs,
        learningRate: headRate,
      },
      state,
      { seed, threads, signal },
    )
    const scores = (rows: Int32Array) => scoresOf(trained, images, rows, signal)
    return { trained, valid: await scores(splits.valid), test: await scores(splits.test) }
  } catch (error) {
    await trained.close()
    throw error
  }
}

const headRate = 1e-2

/** Rows by split, those without a label left out. */
export function splitOf({ count, labels, splits }: ConceptImages, seed: number) {
  const known = (rows: Int32Array) => rows.filter(row => labels!.values[row]! >= 0)
  const { train, valid, test } = splits ?? splitAtRandom(count, seed)
  return { train: known(train), valid: known(valid), test: known(test) }
}

/** So many prototypes a concept, or as many as images show it. */
function ownersOf({ concepts }: ConceptImages, rows: Int32Array, most: number, notes: string[]): number[] {
  const { names, values } = concepts!
  return names.flatMap((name, concept) => {
    const shown = rows.reduce((sum, row) => sum + values[row * names.length + concept]!, 0)
    if (shown < most)
      notes.push(`${name} has ${formatQuantity(shown, 'prototype')}, not ${most}: so many training images show it`)
    return Array.from({ length: Math.min(shown, most) }, () => concept)
  })
}

function gridOf({ height, width }: ConceptImages, reduction: number): [number, number] {
  if (height % reduction === 0 && width % reduction === 0) return [height / reduction, width / reduction]
  throw new InterplayError('option/conflict', `images of ${height} x ${width} do not divide by ${reduction}`, {
    where: '--set stages',
    try: `resize or pad them to a multiple of ${reduction}`,
  })
}

/** The vectors [rows, K, C] of the concepts that are shown. `images` number the rows. */
function shownVectors(vectors: Float32Array, shown: Float32Array, concepts: number) {
  const width = vectors.length / shown.length
  const pairs = [...shown.keys()].filter(at => shown[at] === 1)
  return {
    vectors: taken(vectors, width, Int32Array.from(pairs)),
    concepts: Int32Array.from(pairs, at => at % concepts),
    images: Int32Array.from(pairs, at => Math.floor(at / concepts)),
  }
}

function neutralOf(scores: Float32Array, shown: Float32Array, { owners, concepts }: Kept): number[] {
  const rows = scores.length / owners.length
  return owners.map((owner, p) => {
    let [sum, count] = [0, 0]
    for (let row = 0; row < rows; row++) {
      if (shown[row * concepts.length + owner] === 1) continue
      sum += scores[row * owners.length + p]!
      count++
    }
    return sum / count
  })
}

function picturesOf(
  images: ConceptImages,
  sources: readonly { row: number; place: number }[],
  [rows, columns]: readonly [number, number],
): Pictures {
  const { height, width } = images
  const [cellHeight, cellWidth] = [height / rows, width / columns]
  const side = Math.min(height, width, pictured * Math.max(cellHeight, cellWidth))
  const data = new Uint8Array(sources.length * side * side)
  sources.forEach(({ row, place }, p) => {
    const bright = brightnessOf(images, row)
    const within = (middle: number, extent: number) =>
      Math.max(0, Math.min(extent - side, Math.round(middle - side / 2)))
    const top = within((Math.floor(place / columns) + 0.5) * cellHeight, height)
    const left = within(((place % columns) + 0.5) * cellWidth, width)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        data[(p * side + y) * side + x] = Math.round(255 * bright[(top + y) * width + left + x]!)
  })
  return { dtype: 'uint8', dims: [sources.length, side, side], data }
}

function copied(part: ParameterOwner, from: State, to: State): void {
  for (const [, parameter] of part.parameters()) to.write(parameter, from.read(parameter).data)
}

/** Copies the weights of a part to another of the same shape. */
function renamed(part: ParameterOwner, from: State, other: ParameterOwner, to: State): void {
  const targets = new Map(other.parameters())
  for (const [path, parameter] of part.parameters()) to.write(targets.get(path)!, from.read(parameter).data)
}

export async function scoresOf(
  trained: TrainedPrototypes,
  images: ConceptImages,
  rows: Int32Array,
  signal?: AbortSignal,
): Promise<CsrScores> {
  const { concepts, logits } = await trained.answer(images, rows, signal)
  const { size } = trained.kept
  return {
    ...classScoresOf(logits, taken(images.labels!.values, 1, rows), size.classes),
    conceptF1: conceptF1(concepts, conceptsOf(images, rows), size.concepts),
  }
}

/** Share of rows called rightly, and the macro F1, of values [rows, classes]. */
export function classScoresOf(
  values: Float32Array,
  labels: Int32Array,
  classes: number,
): { accuracy: number; macroF1: number } {
  const matrix = confusionMatrix(labels, callMulticlass(values, classes), classes)
  return { accuracy: accuracy(matrix, classes).value, macroF1: macroScore(matrix, classes, 'f1').value }
}

/** Mean over concepts of the F1 of saying by logits [rows, K] which are shown. */
function conceptF1(logits: Float32Array, shown: Float32Array, concepts: number): number {
  const parts = Array.from({ length: concepts }, (_, c) => {
    let [both, either] = [0, 0]
    for (let at = c; at < shown.length; at += concepts) {
      const said = Number(logits[at]! > 0)
      both += 2 * said * shown[at]!
      either += said + shown[at]!
    }
    return either === 0 ? 0 : both / either
  })
  return parts.reduce((sum, value) => sum + value / concepts, 0)
}
