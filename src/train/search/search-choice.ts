import { batches, type EncodedTable, type Feeds } from '../../data/index.ts'
import {
  compile,
  float32,
  State,
  type Parameter,
  type Program,
  type Tensor,
  type TensorType,
  type Updates,
} from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import {
  Adam,
  batchInputs,
  batchOf,
  gradientsOf,
  Mode,
  Sgd,
  trainable,
  type Optimizer,
  type ParameterGroup,
  type TableSpec,
} from '../../nn/index.ts'
import { objective } from '../objective.ts'
import { restore, snapshotOf } from '../snapshot.ts'
import type { SearchModel } from './search-model.ts'
import type { Temperature } from './temperature.ts'
import { Watcher, type SearchWatch } from './watch.ts'

export interface SearchSettings {
  epochs: number
  /** Rows a step. */
  batch: number
  /** Step size of the weights. */
  learningRate: number
  /** Step size of the choice. */
  choiceRate: number
  choiceOptimizer: 'adam' | 'sgd'
  temperature: Temperature
  /** Factor of the model's penalty. */
  strength: number
  /** The epoch, from 0, at whose start the weights are kept. */
  rewind: number
  embeddingRegularization: number
  networkRegularization: number
  seed: number
  threads: number
}

export interface SearchEpoch {
  /** From 1. */
  epoch: number
  /** Mean over the rows, penalties left out. */
  trainLoss: number
  temperature: number
  /** Under a watch. */
  value?: number
}

/** What is learned from: with rows of its own, the choice learns from them alone (bilevel), else from the training rows. */
export interface SearchRows {
  train: EncodedTable
  choice?: EncodedTable
}

/** Values by name (`model.<path>`). */
export type Snapshot = ReadonlyMap<string, Float32Array>

export interface Searched {
  /** Weights and choice at the end; under a watch, at the end of its best epoch. */
  last: Snapshot
  /** Weights and choice at the start of the epoch to rewind to. */
  rewound: Snapshot
}

export interface SearchChoiceOptions {
  signal?: AbortSignal
  /** Weights and choice to begin with. */
  start?: Snapshot
  /** Validation after each epoch, which may end the search early. */
  watch?: SearchWatch
  onEpoch?: (epoch: SearchEpoch) => void
}

/** What moves in a step. */
type Part = 'both' | 'weights' | 'choice'

/**
 * Learns weights and choice together, each with an optimizer of its own: on the same training batches, or, where the choice
 * has rows of its own, in turns, to first order (Liu et al. 2019, section 2.3). The weights as they were at the start of one
 * epoch are kept, so that the chosen model can be trained from there.
 * @throws InterplayError `train/not-finite`; the signal's reason when it is aborted
 */
export async function searchChoice(
  model: SearchModel,
  spec: TableSpec,
  rows: SearchRows,
  settings: SearchSettings,
  { signal, start, watch, onEpoch }: SearchChoiceOptions = {},
): Promise<Searched> {
  const { epochs, batch, learningRate, choiceRate, temperature, strength, rewind, seed } = settings
  const weights = new Adam(weightGroups(model, settings))
  const choice = new { adam: Adam, sgd: Sgd }[settings.choiceOptimizer]([{ name: 'choice', parameters: model.choice }])
  const state = new State({ model, weights, choice }, seed)
  if (start) restore(state, start)
  const program = (part: Part) => stepProgram(part, model, spec, state, { weights, choice }, settings.threads)
  const targets = spec.targets.map(target => target.name)
  await using first = program(rows.choice ? 'weights' : 'both')
  await using second = rows.choice && program('choice')
  await using watcher = watch && new Watcher(watch, model, spec, state, settings.threads)
  const turns = rows.choice && endless(rows.choice, { size: batch, seed, targets })
  let rewound = snapshotOf(state)
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (epoch === rewind) rewound = snapshotOf(state)
    let total = 0
    let heat = 0
    for (const { feeds, rows: count } of batches(rows.train, { size: batch, seed, epoch, targets })) {
      signal?.throwIfAborted()
      heat = temperature(state.step, epoch)
      const given = { rate: learningRate, choiceRate, temperature: heat, strength }
      const { loss } = await first.run({ ...feeds, ...given })
      total += finite(Number(loss!.data[0]), state.step) * count
      await second?.run({ ...turns!.next().value, ...given })
    }
    const value = await watcher?.look(heat, signal)
    onEpoch?.({ epoch: epoch + 1, trainLoss: total / rows.train.rows, temperature: heat, value })
    if (watcher?.ended) break
  }
  return { last: watcher?.best ?? snapshotOf(state), rewound }
}

/** A program that moves weights, choice or both; only steps of the weights are counted as steps. */
function stepProgram(
  part: Part,
  model: SearchModel,
  spec: TableSpec,
  state: State,
  { weights, choice }: { weights: Optimizer; choice: Optimizer },
  threads: number,
): Program {
  const targets = spec.targets.map(target => `target.${target.name}`)
  const scalars = ['rate', 'choiceRate', 'temperature', 'strength']
  return compile({
    inputs: {
      ...batchInputs(spec),
      ...Object.fromEntries(targets.map(name => [name, float32(['batch'])])),
      ...Object.fromEntries(scalars.map(name => [name, float32([])])),
    } as Record<string, TensorType>,
    state,
    threads,
    spin: true,
    trace: (leaves: Record<string, Tensor>) => {
      const mode = Mode.training()
      const logits = model.forward(batchOf(spec, leaves), mode, leaves.temperature!)
      const values = targets.map(name => leaves[name]!)
      const loss = objective(logits, spec.targets, values, [])
      const penalty = model.penalty?.(leaves.temperature!).mul(leaves.strength!)
      const members = [...(part === 'choice' ? [] : weights.members), ...(part === 'weights' ? [] : choice.members)]
      const gradients = gradientsOf(mode.objective(penalty && part !== 'weights' ? loss.add(penalty) : loss), members)
      return {
        outputs: { loss },
        updates: [
          ...(part === 'choice' ? [] : [...weights.along(gradients, { learningRate: leaves.rate! }), ...mode.updates]),
          ...(part === 'weights' ? [] : choiceUpdates(model, choice, gradients, leaves.choiceRate!)),
        ],
        partial: part === 'choice',
      }
    },
  })
}

function choiceUpdates(
  model: SearchModel,
  choice: Optimizer,
  gradients: ReadonlyMap<Parameter, Tensor>,
  learningRate: Tensor,
): Updates {
  const steered = new Map(
    choice.members.map(member => [member, model.steer?.(gradients.get(member)!) ?? gradients.get(member)!]),
  )
  const { bounds } = model
  const values = choice.chunks.map(chunk => chunk.values)
  return [...choice.along(steered, { learningRate })].map(([parameter, next]) =>
    bounds && values.includes(parameter) && !('ids' in next) ? [parameter, next.clip(...bounds)] : [parameter, next],
  )
}

/** Batches of a table epoch after epoch. */
function* endless(
  table: EncodedTable,
  options: { size: number; seed: number; targets: readonly string[] },
): Generator<Feeds, never> {
  for (let epoch = 0; ; epoch++) for (const { feeds } of batches(table, { ...options, epoch })) yield feeds
}

function weightGroups(model: SearchModel, settings: SearchSettings): ParameterGroup[] {
  const weights = model.moved ?? trainable(model).filter(parameter => !model.choice.includes(parameter))
  const group = (name: 'embedding' | 'network', l2: number) => ({
    name,
    parameters: weights.filter(parameter => parameter.role === name),
    l2,
  })
  return [
    group('embedding', settings.embeddingRegularization),
    group('network', settings.networkRegularization),
  ].filter(each => each.parameters.length > 0)
}

function finite(loss: number, step: number): number {
  if (Number.isFinite(loss)) return loss
  throw new InterplayError('train/not-finite', `loss became ${loss} at step ${step} of the search`, {
    try: '--learning-rate 1e-4',
  })
}
