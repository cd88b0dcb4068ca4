import type { EncodedTable } from '../../data/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { TargetSpec } from '../../nn/index.ts'
import { Random } from '../../random/index.ts'
import type { TrainedTable } from '../../system/index.ts'
import { factorsOf, rotated, type LayerFactors, type Strategy } from './factors.ts'
import { fisherWeight, LayerProbe, lossSlope, type LayerRows, type Probe } from './probe.ts'

export const fishers = ['expected', 'sampled', 'given'] as const

export interface InfluenceOptions {
  strategy?: Strategy
  /** Added to the curvature, as a share of each layer's mean eigenvalue (paper section 3.1). */
  damping?: number
  /**
   * Labels of the curvature: all that the model could give, by their probability; one drawn from it for each row; or the
   * rows' own (the empirical Fisher).
   */
  fisher?: (typeof fishers)[number]
  /** Layers wider than this are left out. */
  widest?: number
  seed?: number
  signal?: AbortSignal
}

/** Influence of training rows on one answer. */
export interface RowInfluence {
  /** [training rows] how far one more copy of the row would move the answer; its removal moves it the other way. */
  values: Float64Array
  /** The same by layer, adding up to it. */
  layers: { name: string; values: Float64Array }[]
}

/**
 * Influence functions of a network's linear layers (Grosse et al., "Studying Large Language Model Generalization with
 * Influence Functions", 2023): gradient of an answer, times the inverse of the damped Fisher matrix, times the gradient of a
 * training row's log-likelihood, divided by the number of rows. First order, about the final weights, of the tracked layers
 * alone.
 */
export class Influence implements AsyncDisposable {
  readonly tracked: readonly Pick<LayerRows, 'name' | 'inputs' | 'outputs'>[]
  readonly untracked: readonly string[]
  /** Of each training row, d loss / d answer. */
  readonly slopes: Float64Array

  private constructor(
    private readonly probe: LayerProbe,
    readonly train: Probe,
    readonly kind: TargetSpec['kind'],
    labels: ArrayLike<number>,
    readonly factors: readonly LayerFactors[],
    /** Training rows in the basis of the factors. */
    private readonly turned: readonly Turned[],
  ) {
    this.tracked = probe.widths
    this.untracked = probe.untracked
    this.slopes = Float64Array.from(train.answers, (answer, r) => lossSlope(kind, answer, labels[r]!))
  }

  /**
   * Fits the factors on training rows.
   *
   * @throws InterplayError `data/empty`, `lens/needs` (see `LayerProbe`), `option/invalid`
   */
  static async of(trained: TrainedTable, table: EncodedTable, options: InfluenceOptions = {}): Promise<Influence> {
    const { strategy = 'ekfac', damping = 0.1, fisher = 'expected', widest, seed = 1, signal } = options
    const labels = table.targets[0]
    if (table.rows === 0 || !labels) throw new InterplayError('data/empty', 'influence needs training rows with labels')
    if (!(damping >= 0)) throw new InterplayError('option/invalid', `damping must be a number >= 0, got '${damping}'`)
    const probe = new LayerProbe(trained, widest)
    try {
      const train = await probe.of(table, signal)
      const { kind } = trained.spec.targets[0]!
      const weights = curvatureWeights(train.answers, labels, kind, fisher, seed)
      const factors: LayerFactors[] = []
      for (const layer of train.layers) {
        signal?.throwIfAborted()
        await new Promise(resolve => setImmediate(resolve))
        factors.push(factorsOf(layer, weights, { strategy, damping }))
      }
      const turned = train.layers.map((layer, l) => turn(layer, factors[l]!))
      return new Influence(probe, train, kind, labels, factors, turned)
    } catch (error) {
      await probe[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Of every row of `queries`, how each training row influences its answer. */
  async on(queries: EncodedTable, signal?: AbortSignal): Promise<RowInfluence[]> {
    const { layers, rows } = await this.probe.of(queries, signal)
    const turned = layers.map((layer, l) => turn(layer, this.factors[l]!))
    return Array.from({ length: rows }, (_, q) => {
      const own = turned.map((query, l) => ({
        name: this.factors[l]!.name,
        values: this.products(l, preconditioned(query, q, this.factors[l]!)),
      }))
      return { values: sumOf(own.map(({ values }) => values)), layers: own }
    })
  }

  /** Of every training row, how far one more copy would raise its own log-likelihood: large where a row stands alone. */
  self(): Float64Array {
    const result = new Float64Array(this.train.rows)
    this.turned.forEach(({ inputs, outputs, read, slopes }, l) => {
      const { values, damping } = this.factors[l]!
      for (let r = 0; r < result.length; r++) {
        let sum = 0
        for (let o = 0; o < outputs; o++) {
          const left = slopes[r * outputs + o]! ** 2
          if (left === 0) continue
          for (let i = 0; i < inputs; i++) {
            const curvature = values ? values[o * inputs + i]! + damping : 1
            sum += (left * read[r * inputs + i]! ** 2) / curvature
          }
        }
        result[r]! += sum
      }
    })
    return result.map((value, r) => (this.slopes[r]! ** 2 * value) / this.train.rows)
  }

  /** Of every training row, the product of its log-likelihood's gradient with a direction of the weights, over the rows. */
  private products(layer: number, direction: Float64Array): Float64Array {
    const { inputs, outputs, read, slopes } = this.turned[layer]!
    const { rows } = this.train
    return new Float64Array(rows).map((_, r) => {
      let sum = 0
      for (let o = 0; o < outputs; o++) {
        const left = slopes[r * outputs + o]!
        if (left === 0) continue
        let along = 0
        for (let i = 0; i < inputs; i++) along += direction[o * inputs + i]! * read[r * inputs + i]!
        sum += left * along
      }
      return (-this.slopes[r]! * sum) / rows
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.probe[Symbol.asyncDispose]()
  }
}

export interface Turned {
  inputs: number
  outputs: number
  read: ArrayLike<number>
  slopes: ArrayLike<number>
}

/** A layer's rows in the basis of its factors. */
const turn = ({ inputs, outputs, read, slopes }: LayerRows, { readBasis, slopeBasis }: LayerFactors): Turned => ({
  inputs,
  outputs,
  read: readBasis ? rotated(read, inputs, readBasis) : read,
  slopes: slopeBasis ? rotated(slopes, outputs, slopeBasis) : slopes,
})

/** The gradient of one row's answer, divided by the damped eigenvalues: [outputs, inputs]. */
function preconditioned({ inputs, outputs, read, slopes }: Turned, row: number, factors: LayerFactors): Float64Array {
  const { values, damping } = factors
  return new Float64Array(outputs * inputs).map((_, k) => {
    const gradient = slopes[row * outputs + Math.floor(k / inputs)]! * read[row * inputs + (k % inputs)]!
    return values ? gradient / (values[k]! + damping) : gradient
  })
}

/** What each row's gradient counts for in the curvature. */
export function curvatureWeights(
  answers: Float32Array,
  labels: ArrayLike<number>,
  kind: TargetSpec['kind'],
  fisher: (typeof fishers)[number],
  seed: number,
): Float64Array {
  const random = new Random(seed, 'influence.labels')
  return Float64Array.from(answers, (answer, r) => {
    if (fisher === 'expected') return fisherWeight(kind, answer)
    if (fisher === 'given') return lossSlope(kind, answer, labels[r]!) ** 2
    const p = 1 / (1 + Math.exp(-answer))
    const drawn = kind === 'binary' ? Number(random.uniform() < p) : answer + random.normal() / Math.SQRT2
    return lossSlope(kind, answer, drawn) ** 2
  })
}

const sumOf = (lists: readonly Float64Array[]): Float64Array =>
  lists.reduce((sum, list) => sum.map((value, k) => value + list[k]!))
