import { InterplayError } from '../../errors/index.ts'
import { rowsIn, type Columns, type Labels, type Predictor } from '../../lenses/index.ts'
import type { Predictor as Model } from '../../server/index.ts'
import { openedFrom } from '../open.ts'
import {
  explainPredictor,
  explainSubject,
  type ExplainDocument,
  type ExplainFinding,
  type ExplainOptions,
} from './explain.ts'
import { causalDeFinetti } from '../../systems/explain/causal-de-finetti/index.ts'
import { multimodalInteractions } from '../../systems/explain/multimodal-interactions/index.ts'
import {
  explainData,
  explainNetwork,
  explainRun,
  explainsItself,
  explainUnlearned,
  lensSystem,
  ownLens,
  refuseRowOptions,
} from './explain-system.ts'
import { subjectOf } from './foreign-subject.ts'

export interface ExplainCallOptions extends Omit<ExplainOptions, 'input' | 'predictions' | 'lens'> {
  /** A table for a model; columns for a predictor made of a function. A run's own test rows by default. */
  data?: string | Columns
  /** Of the rows of `data`, for predictors made of functions. */
  labels?: Labels
  /** Predictions to spend. */
  budget?: number
  /** Seconds to spend; the result is then partial. */
  timeLimit?: number
  lens?: string | string[]
  /** Of a lens that looks into a network: its layers from input to output, and other options of it. */
  at?: readonly string[]
  /** The field of a table, in place of a model, that tells groups apart: which columns are causes of which. */
  environments?: string
  /** Two modalities of a table, in place of a model: what they tell of `target`, alone and together. */
  modalities?: readonly [string, string]
  set?: Readonly<Record<string, unknown>>
}

/** What was measured: `explain --json` with the strongest at hand. */
export interface ExplainAnswer extends ExplainDocument {
  /** The strongest sets of the largest order, by |value|; of the last lens that gave any. */
  top(count: number): ExplainFinding[]
}

/**
 * Measures what a model does: one that `open` gave, a path, an address, or a function of numbers (`functionPredictor`). With
 * an `index` alone, interactions of that index.
 *
 * @throws InterplayError as the command does; an `AbortError` where `signal` aborts
 */
export async function explain(
  model: string | Model | Predictor,
  { data, labels, budget, timeLimit, lens, at, environments, modalities, set, ...options }: ExplainCallOptions = {},
): Promise<ExplainAnswer> {
  const chosen = lens === undefined ? (options.index === undefined ? [] : ['indices']) : [lens].flat()
  const asked: ExplainOptions = { ...options, lens: chosen, predictions: budget, seconds: timeLimit ?? options.seconds }
  const path = typeof model === 'string' ? model : openedFrom(model)
  if (path !== undefined && environments !== undefined) {
    const { row, index, order, target, seed, threads, out, dryRun, signal, command } = options
    refuseRowOptions(causalDeFinetti, { row, index, order, budget, timeLimit, target })
    const asked = { roles: { environments: [environments] }, set, seed, threads, out, dryRun, signal, command }
    return answerOf(await explainData(causalDeFinetti, path, asked))
  }
  if (path !== undefined && modalities) {
    const { row, index, order, target, seed, threads, out, dryRun, signal, command } = options
    refuseRowOptions(multimodalInteractions, { row, index, order, budget, timeLimit })
    const asked = { target, roles: { modality: modalities }, set, seed, threads, out, dryRun, signal, command }
    return answerOf(await explainData(multimodalInteractions, path, asked))
  }
  if (path !== undefined) {
    if (data !== undefined && typeof data !== 'string')
      throw new InterplayError('option/invalid', 'data of a model must be a table: a path, data:NAME or sql:...')
    const [system] = chosen.flatMap(name => lensSystem(name) ?? [])
    if (system) {
      const { row, index, order, target, seed, threads, out, dryRun, signal, command } = options
      refuseRowOptions(system, { row, index, order, budget, timeLimit })
      const asked = { input: data, target, seed, threads, out, dryRun, signal, command }
      return answerOf(await explainNetwork(system, path, { ...asked, set: { ...set, ...(at && { layers: at }) } }))
    }
    const ofRun = await explainsItself(path)
    const [unlearned] = chosen.flatMap(name => ownLens(name) ?? [])
    const own = ofRun ?? unlearned
    if (own) {
      const { row, index, order, target, seed, threads, out, dryRun, signal, command } = options
      refuseRowOptions(own, { row, index, order, budget, timeLimit })
      const of = { target, set, seed, threads, out, dryRun, signal, command }
      return answerOf(ofRun ? await explainRun(path, { ...of, input: data }) : await explainUnlearned(own, path, of))
    }
    return answerOf(await explainPredictor(path, { ...asked, input: data }))
  }
  const predictor = model as Predictor
  if (!Array.isArray(data) || rowsIn(data as Columns) === 0)
    throw new InterplayError(
      'usage/missing-input',
      'a function is explained on rows: give data, a column for each field',
    )
  const columns = data as Columns
  const raw = { name: 'data', fields: [...predictor.fields], columns, labels, rows: rowsIn(columns) }
  return answerOf(await explainSubject(subjectOf(predictor.name, raw, predictor), asked))
}

function answerOf(document: ExplainDocument): ExplainAnswer {
  const order = Math.max(0, ...document.results.map(result => result.order))
  const largest = document.results.filter(result => result.order === order)
  const { index } = largest.at(-1) ?? {}
  const own = largest.filter(result => result.index === index)
  const sorted = own.sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
  return Object.defineProperty({ ...document } as ExplainAnswer, 'top', {
    value: (count: number) => sorted.slice(0, count),
  })
}
