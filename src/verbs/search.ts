import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { paretoFront } from '../charts/index.ts'
import type { TableInput } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import { metric as metricNamed, type Metric } from '../metrics/index.ts'
import type { AnySystem, Candidate, Choosable, TableSystem } from '../system/index.ts'
import { systemNamed, systems } from '../systems/index.ts'
import { fitTable, type FitDocument, type FitOptions } from './fit.ts'
import { RunFolder } from './run-folder.ts'
import { tryAll, type Cost, type TrialOptions } from './trials.ts'

export interface SearchOptions extends Omit<TrialOptions, 'for'> {
  /** What is chosen: parts of a model, a system, or settings of one. */
  for: Choosable | TrialOptions['for']
}

/** A candidate as `search --json` has it; `run` is null of one that left no folder. */
export interface SearchCandidate extends Candidate {
  run: string | null
}

/** The document of `search --json` and of `result.json`: the chosen model as `fit` tells of it, and all it was chosen from. */
export interface SearchDocument extends Omit<FitDocument, 'schema' | 'command' | 'search'> {
  schema: 'interplay.search/1'
  command: 'search'
  for: SearchOptions['for']
  /** Place among the candidates. */
  best: number
  /** Places of the candidates that no other beats in both validation metric and cost, cheapest first. */
  front: number[]
  candidates: SearchCandidate[]
}

/**
 * Lets a system choose the features, interactions or widths of its model, or tries systems and settings of them, and writes
 * the run folder of what is chosen. The choice rests on validation rows; the test rows are used once, by the model that
 * comes out.
 * @throws InterplayError `usage/wrong-verb` where a system chooses no such thing, `option/conflict` where it should weigh what
 * it does not measure, and what `fitTable` throws
 */
export async function search(input: TableInput, options: SearchOptions): Promise<SearchDocument> {
  const { for: what, trade = 'parameters', over, budget, ...rest } = options
  const { fitted, candidates, best, metric } =
    what === 'system' || what === 'settings'
      ? await tried(input, { ...rest, for: what, over, budget, trade })
      : await chosen(input, { ...rest, system: choosing(what, rest.system, trade).name })
  const { search: _, ...document } = fitted
  const result: SearchDocument = {
    ...document,
    schema: 'interplay.search/1',
    command: 'search',
    for: what,
    best,
    front: frontOf(candidates, metric, trade),
    candidates: candidates.map((candidate, i) => ({ ...candidate, run: i === best ? fitted.run : null })),
  }
  await new RunFolder(fitted.run).writeJson('result.json', result)
  return result
}

interface Outcome {
  fitted: FitDocument
  candidates: readonly Candidate[]
  best: number
  /** What the candidates were compared by. */
  metric: Metric
}

/** What a system chose of its own model. */
async function chosen(input: TableInput, options: FitOptions): Promise<Outcome> {
  const fitted = (await fitTable(input, options)) as FitDocument
  return { fitted, ...fitted.search!, metric: metricOf(fitted) }
}

/** The winner of trials, fitted as `fit` does. */
async function tried(input: TableInput, options: TrialOptions): Promise<Outcome> {
  const { candidates, best, metric, winner, folder, notes, figures } = await tryAll(input, options)
  const { for: _, over: __, budget: ___, resume: ____, trade: _____, ...asked } = winner.asked
  const fitted = (await fitTable(input, {
    ...asked,
    out: folder.path,
    overwrite: false,
    resume: await resumable(folder, winner.system),
    system: winner.system.name,
    set: winner.set,
    figures,
  })) as FitDocument
  return { fitted: { ...fitted, notes: [...notes, ...fitted.notes] }, candidates, best, metric }
}

/** Whether a fit of the winner that was stopped goes on; one of a system without checkpoints begins anew. */
async function resumable(folder: RunFolder, { create }: TableSystem): Promise<boolean> {
  if (create) return existsSync(folder.file('run.json'))
  await rm(folder.file('run.json'), { force: true })
  return false
}

/** What a fitted model was stopped by. */
function metricOf({ epochs, metrics: { test } }: FitDocument): Metric {
  const kind = 'rmse' in test ? 'regression' : 'auc' in test ? 'binary' : 'multiclass'
  return metricNamed(epochs.metric, kind)
}

function frontOf(candidates: readonly Candidate[], { name: metric, better }: Metric, trade: Cost): number[] {
  const points = candidates.map(({ name, metrics, cost }) => ({ name, value: metrics[metric]!, cost: cost![trade]! }))
  return paretoFront(points, better).map(point => points.indexOf(point))
}

/** The system named, or the first that chooses this, weighed against a cost that it tells. */
export function choosing(what: Choosable, name: string | undefined, trade: Cost = 'parameters'): AnySystem {
  if (trade === 'latency') {
    throw new InterplayError('option/conflict', `latency is measured of systems and settings, not of ${what}`, {
      where: '--trade latency',
      why: 'a part of a model is chosen while it trains, by what its weights take',
      try: '--trade parameters',
    })
  }
  const able = systems.filter(({ chooses }) => chooses === what)
  const system = name === undefined ? able[0] : systemNamed(name)
  if (system && able.includes(system)) return system
  throw new InterplayError(
    'usage/wrong-verb',
    system ? `${system.name} chooses no ${what}` : `no system chooses ${what}`,
    {
      where: name === undefined ? `--for ${what}` : `--system ${name}`,
      try: able.length > 0 ? `-s ${able[0]!.name}` : '--for features',
    },
  )
}
