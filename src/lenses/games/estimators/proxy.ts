import { Random } from '../../../random/index.ts'
import { setsOfSize } from '../bits.ts'
import { indexOfSparseMoebius } from '../exact.ts'
import type { Estimator } from './estimate.ts'
import { moebiusOfParities, ParityModel, type ParityFit } from './parities.ts'
import type { Draw } from './sampling.ts'
import { evaluateDraw, weightedSum } from './weighted.ts'

const folds = 5
const mostTerms = 400

/** What is fitted, and where: rows are drawn coalitions. */
interface Sample {
  draw: Draw
  values: Float64Array
  weights: Float64Array
  /** Rows of each fold. */
  parts: Int32Array[]
}

/** One fit for each fold, made without it. */
type Candidate = ParityFit[]

/**
 * A polynomial game is fitted to the drawn coalitions, its index read off exactly, and what it misses - out of fold, so
 * that the correction is honest - added by the stratified weighted sum. Of all polynomials up to some degree, and sparse
 * ones of any degree, the one that predicts unseen coalitions best is taken. Standard errors are those of the correction:
 * a game that is such a polynomial is found exactly.
 */
export const proxy: Estimator = async (game, options) => {
  const { draw, values, importance } = await evaluateDraw(game, options, { paired: false })
  const weights = new Float64Array(values.length)
  for (const { size, paired, count, start, end } of draw.blocks) {
    const ofSize = paired && 2 * size === draw.players ? end - start : count
    weights.fill(Math.max(1, (values.length * importance[size]!) / ofSize), start, end)
  }
  const sample = { draw, values, weights, parts: partRows(draw, options.seed) }
  const candidates = [...growByDegree(sample), ...growByPursuit(sample)]
  const errors = candidates.map(candidate => unseenError(sample, candidate))
  const best = candidates[errors.indexOf(Math.min(...errors))]!

  const terms = best.flatMap(({ sets, coefficients }) =>
    moebiusOfParities(
      sets,
      coefficients.map(c => c / folds),
    ),
  )
  const known = indexOfSparseMoebius(draw.players, terms, options.index, Math.min(options.order, draw.players))
  const predictions = new Float64Array(values.length)
  sample.parts.forEach((part, fold) => part.forEach(r => (predictions[r] = best[fold]!.predictions[r]!)))
  for (const { complete, start, end } of draw.blocks)
    for (let r = start; complete && r < end; r++)
      predictions[r] = best.reduce((sum, fit) => sum + fit.predictions[r]! / folds, 0)
  const left = values.map((value, r) => value - predictions[r]!)
  const correction = weightedSum(draw, left, options, { stratify: true })
  return { ...correction, values: correction.values.map((value, k) => value + known.values[k]!) }
}

/** Rows of each fold, the draws of a block spread evenly over the folds, complements together. */
function partRows(draw: Draw, seed: number): Int32Array[] {
  const parts: number[][] = Array.from({ length: folds }, () => [])
  let turn = 0
  for (const { size, paired, count, start } of draw.blocks)
    for (const k of new Random(seed, 'folds', size).permutation(count)) {
      const part = parts[turn++ % folds]!
      part.push(start + k)
      if (paired) part.push(start + count + k)
    }
  return parts.map(part => Int32Array.from(part))
}

function unseenError({ values, weights, parts }: Sample, candidate: Candidate): number {
  let error = 0
  parts.forEach((part, fold) => {
    const { predictions } = candidate[fold]!
    for (const r of part) error += weights[r]! * (values[r]! - predictions[r]!) ** 2
  })
  return error
}

/** All parities of up to 1, 2, ... players, while there are clearly fewer of them than rows. */
function growByDegree(sample: Sample): Candidate[] {
  const { players } = sample.draw
  const most = Math.min(mostTerms, Math.floor(sample.values.length / 2))
  const models = modelsOf(sample)
  const candidates: Candidate[] = []
  for (let degree = 0, terms = 0; degree <= players; degree++) {
    const sets = setsOfSize(players, degree, degree)
    terms += sets.length
    if (degree > 1 && terms > most) break
    for (const model of models) sets.forEach(set => model.add(set))
    candidates.push(models.map(model => model.fit()))
  }
  return candidates
}

/** Orthogonal matching pursuit from the single players on: the terms grow by a third each time. */
function growByPursuit(sample: Sample): Candidate[] {
  const { players } = sample.draw
  const most = Math.min(mostTerms, Math.floor(sample.values.length / 4))
  const models = modelsOf(sample)
  for (const model of models) setsOfSize(players, 0, 1).forEach(set => model.add(set))
  const candidates: Candidate[] = []
  for (let terms = Math.ceil((4 / 3) * (players + 1)); terms <= most; terms = Math.ceil((4 / 3) * terms)) {
    for (const model of models) model.promising(terms - model.size).forEach(set => model.add(set))
    candidates.push(models.map(model => model.fit()))
  }
  return candidates
}

/** One model for each fold, learning from the others. */
const modelsOf = ({ draw, values, weights, parts }: Sample) =>
  parts.map((_, out) => {
    const rows = parts.filter((_, fold) => fold !== out).flatMap(part => [...part])
    return new ParityModel(draw, values, weights, Int32Array.from(rows))
  })
