import { availableParallelism } from 'node:os'
import { candidateChart, type ChartSpec } from '../charts/index.ts'
import type { PreparedTable, TableInput } from '../data/index.ts'
import { InterplayError, isInterplayError } from '../errors/index.ts'
import { evaluate, improves, type Metric } from '../metrics/index.ts'
import { countParameters } from '../nn/index.ts'
import { parseOptions, type Candidate, type TableAnswerer, type TableSystem } from '../system/index.ts'
import { systems, tableSystem } from '../systems/index.ts'
import { answersOf, monitorOf, requestedSettings, TableLearner, trainingSettings, trainTable } from '../train/index.ts'
import { answerLatency } from './answer-latency.ts'
import { KeptTrials, type TrialLength, type TrialsBasis } from './kept-trials.ts'
import { networkFlagsGiven, refuseFlags, withoutNetworkFlags } from './learning.ts'
import type { RunFolder } from './run-folder.ts'
import { tableFor } from './table-for.ts'
import type { FitOptions } from './fit.ts'

/** What a candidate costs: numbers of its weights, their bytes, or the seconds in which it answers a row. */
export type Cost = 'parameters' | 'bytes' | 'latency'

/** What is tried: a system with settings of it. */
export interface Choice {
  name: string
  system: TableSystem
  set: Record<string, unknown>
  /** What was asked, as far as it is for this system: beside networks, one that is none is tried without their flags. */
  asked: TrialOptions
}

export interface TrialOptions extends Omit<FitOptions, 'dryRun' | 'budget'> {
  for: 'system' | 'settings'
  /** Values to try by setting; `system` names systems. */
  over?: Readonly<Record<string, readonly unknown[]>>
  /** Most trials, or most seconds spent on them. */
  budget?: { runs: number } | { seconds: number }
  /** What the candidates' scores are weighed against; only `latency` is measured, and only then. Default parameters. */
  trade?: Cost
}

/** Every trial, the winner, and what could not be tried. */
export interface Trials {
  candidates: readonly Candidate[]
  best: number
  /** What they were compared by. */
  metric: Metric
  winner: Choice
  notes: readonly string[]
  /** The run folder, in which finished trials are kept. */
  folder: RunFolder
  /** Cost against validation metric. */
  figures: readonly ChartSpec[]
}

/** Passes of a first trial; of those, the better third goes on. */
const firstEpochs = 3

/**
 * Trains every choice for a few passes, then the best third of them for as long as they get better, and takes the one that
 * validates best. Test rows are not looked at.
 * @throws InterplayError `option/conflict` where nothing could be tried
 */
export async function tryAll(input: TableInput, options: TrialOptions): Promise<Trials> {
  const choices = choicesOf(options)
  const prepared = await tableFor(input, options)
  const monitor = monitorOf(prepared.spec.targets[0]!, options.metric)
  const kept = await KeptTrials.open(prepared.name, basisOf(prepared, options), options)
  options.onProgress?.({ kind: 'run', run: kept.folder.path })
  const trialOf = async (choice: Choice, length: TrialLength): Promise<Candidate> => {
    const known = kept.get(choice.name, length)
    if (known) return known
    const epochs = length === 'first' ? firstEpochs : undefined
    const made = await trial(choice, prepared, monitor, epochs)
    await kept.keep(choice.name, length, made)
    return made
  }
  const started = performance.now()
  const { budget } = options
  const spent = (made: number) =>
    budget !== undefined &&
    ('runs' in budget ? made >= budget.runs : (performance.now() - started) / 1000 >= budget.seconds)
  const notes: string[] = []
  const tried: { choice: Choice; candidate: Candidate }[] = []
  for (const [i, choice] of choices.entries()) {
    if (spent(i)) {
      notes.push(`the budget ended after ${i} of ${choices.length} trials`)
      break
    }
    if (!kept.get(choice.name, 'first'))
      options.onProgress?.({ kind: 'search', stage: `trial of ${choice.name},`, done: i + 1, total: choices.length })
    try {
      tried.push({ choice, candidate: await trialOf(choice, 'first') })
    } catch (error) {
      if (!isInterplayError(error) || options.signal?.aborted) throw error
      notes.push(`${choice.name} was not tried: ${error.message}`)
    }
  }
  if (tried.length === 0) throw nothingTried(notes)
  const order = [...tried.keys()].sort((a, b) => compare(tried[a]!.candidate, tried[b]!.candidate, monitor))
  const through = order.slice(0, Math.max(1, Math.ceil(order.length / 3)))
  for (const [i, place] of through.entries()) {
    const { choice } = tried[place]!
    options.onProgress?.({ kind: 'search', stage: `training ${choice.name},`, done: i + 1, total: through.length })
    tried[place] = { choice, candidate: await trialOf(choice, 'whole') }
  }
  const [best] = [...through].sort((a, b) => compare(tried[a]!.candidate, tried[b]!.candidate, monitor))
  const candidates = tried.map(({ candidate }) => candidate)
  return {
    candidates,
    best: best!,
    metric: monitor,
    folder: kept.folder,
    winner: tried[best!]!.choice,
    notes: [
      `${tried.length} choices were trained for ${firstEpochs} passes, the best ${through.length} of them to the end`,
      ...flagNotes(choices, options),
      ...notes,
    ],
    figures: [candidateChart(candidates, monitor, options.trade)],
  }
}

export const nothingTried = (notes: readonly string[]): InterplayError =>
  new InterplayError('option/conflict', 'nothing could be tried', { why: notes.join('; ') })

function compare(a: Candidate, b: Candidate, monitor: Metric): number {
  const [x, y] = [a.metrics[monitor.name]!, b.metrics[monitor.name]!]
  return x === y ? 0 : improves(monitor, x, y) ? -1 : 1
}

/** What the trials of a search rest on; how much is tried, and how fast, may be another when it goes on. */
function basisOf({ inputs }: PreparedTable, options: TrialOptions): TrialsBasis {
  const { over, trade, system, set, target, type, role, ignore, where, split, encoding, reader } = options
  const { epochs, batch, learningRate, patience, metric, training, seed = 1 } = options
  const table = { target, type, role, ignore, where, split, encoding, reader }
  const learning = { epochs, batch, learningRate, patience, metric, training, seed }
  const timed = trade === 'latency' ? { trade } : {}
  return { data: inputs.map(({ sha256 }) => sha256), settings: { over, ...timed, system, set, ...table, ...learning } }
}

/** One choice trained for some passes, or for as long as it gets better, scored on validation rows. */
async function trial(
  { name, system, set, asked: options }: Choice,
  prepared: PreparedTable,
  monitor: Metric,
  epochs: number | undefined,
): Promise<Candidate> {
  const { seed = 1, threads = availableParallelism(), signal } = options
  const { spec, train, valid } = prepared
  const chosen = parseOptions(system, set)
  const wanted = requestedSettings(options, spec.targets[0]!.kind)
  const candidate = async (model: TableAnswerer, metrics: Candidate['metrics'], parameters: number) => ({
    name,
    options: { system: system.name, ...set },
    metrics,
    cost: {
      parameters,
      bytes: 4 * parameters,
      ...(options.trade === 'latency' && { latency: await answerLatency(model, valid, signal) }),
    },
  })
  if (!system.create) {
    refuseFlags(system, { ...options, resume: false })
    const model = await system.learn!(prepared, chosen, { seed, threads, signal })
    try {
      signal?.throwIfAborted()
      const [answers] = await answersOf(model, valid, signal)
      return await candidate(model, evaluate(answers!, [monitor.name]), model.parameters)
    } finally {
      await model.close?.()
    }
  }
  const own = system.training?.(chosen)
  const settings = trainingSettings(train.rows, { ...wanted, seed, threads, device: options.device }, own)
  system.check?.(prepared, chosen)
  const model = system.create(chosen, spec)
  const learner = new TableLearner(model, spec, settings, train)
  try {
    const limit = Math.min(settings.epochs, epochs ?? settings.epochs)
    const { bestValue } = await trainTable(learner, prepared, { settings: { ...settings, epochs: limit }, signal })
    signal?.throwIfAborted()
    return await candidate(learner, { [monitor.name]: bestValue }, countParameters(model))
  } finally {
    await learner.close()
  }
}

/** Systems by name, or every combination of settings of one system. */
export function choicesOf(options: TrialOptions): Choice[] {
  const { for: what, over = {}, system, set = {} } = options
  const { system: wanted, ...settings } = over
  const names = (wanted ?? (system === undefined ? ownSystems() : [system])).map(String)
  if (what === 'settings' && Object.keys(settings).length === 0) {
    throw new InterplayError('usage/missing-value', 'no setting to search over', {
      try: '--over embeddingDimension=8,16',
    })
  }
  const named = names.map(name => ({ name, system: tableSystem(name) }))
  const forNetworks = named.some(each => trainsNetwork(each.system))
  return named.flatMap(({ name, system }) =>
    combinations(settings).map(own => {
      const said = Object.entries(own).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      const asked = forNetworks && !trainsNetwork(system) ? withoutNetworkFlags(options) : options
      return { name: [name, ...said].join(' '), system, set: { ...set, ...own }, asked }
    }),
  )
}

const trainsNetwork = ({ create, training }: TableSystem): boolean => Boolean(create ?? training)

/** Says which of the flags were for the networks among the choices alone. */
export function flagNotes(choices: readonly Choice[], options: TrialOptions): string[] {
  const flags = networkFlagsGiven(options)
  if (flags.length === 0) return []
  const others = new Set(choices.filter(({ asked }) => asked !== options).map(({ system }) => system.name))
  const are = flags.length === 1 ? 'is' : 'are'
  return [...others].map(name => `${flags.join(', ')} ${are} for networks: ${name} has settings of its own`)
}

/** Every table system that chooses nothing itself. */
const ownSystems = (): string[] =>
  systems
    .filter(each => each.task.name === 'table' && (each.create || (each.learn && !each.chooses)))
    .map(each => each.name)

function combinations(over: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  return Object.entries(over).reduce<Record<string, unknown>[]>(
    (all, [key, values]) => all.flatMap(one => values.map(value => ({ ...one, [key]: value }))),
    [{}],
  )
}
