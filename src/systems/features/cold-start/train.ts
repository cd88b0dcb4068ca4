import { eventsByUser, holdOut, type HeldOut, type Interactions } from '../../../data/index.ts'
import { float32, type Tensor, type TensorType } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import {
  Adam,
  batchInputs,
  batchOf,
  binaryCrossEntropy,
  inBatchInfoNce,
  Mode,
  trainable,
  type TableSpec,
} from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { itemBatches, NetworkLearner, type NetworkPredictor, rowFeeds, trainEpochs } from '../../../train/index.ts'
import { codingOf, encodeSide, RowWriter, specOf, type Coding } from './encoding.ts'
import { Teacher, type Lesson } from './lessons.ts'
import { AdaptiveFusion } from './model.ts'
import type { ColdStartOptions } from './options.ts'
import { byRows, scoreRanking, type RowScorer } from './rank.ts'

export interface Learned {
  coding: Coding
  model: AdaptiveFusion
  learner: NetworkLearner
  writer: RowWriter
  held: HeldOut
  bestEpoch: number
  epochs: number
}

export const modelOf = (coding: Coding, options: ColdStartOptions): AdaptiveFusion => {
  const { spec, groups } = specOf(coding, 0)
  return new AdaptiveFusion(spec, groups, options)
}

/** Vocabularies of the users and items of training events alone. */
export function codingFrom(data: Interactions, train: Int32Array, options: ColdStartOptions): Coding {
  const { user, item } = data.events!
  const taught = (of: Int32Array) => [...new Set(Array.from(train, i => of[i]!))].sort((a, b) => a - b)
  return {
    user: codingOf(data.users, taught(user)),
    item: codingOf(data.items, taught(item)),
    history: options.history,
    useContext: options.useContext,
  }
}

export const writerOf = (data: Interactions, coding: Coding): RowWriter =>
  new RowWriter(coding, encodeSide(data.users, coding.user, 'user'), encodeSide(data.items, coding.item, 'item'))

/** Holds out by the protocol and checks that there is something to learn and to rank. Throws `data/empty`, `option/conflict`. */
export function heldOutOf(data: Interactions, options: ColdStartOptions, seed: number): HeldOut {
  const held = holdOut(data, options.protocol, seed)
  if (held.train.length === 0 || held.valid.length === 0 || held.test.length === 0) {
    const most = Math.max(...eventsByUser(data).map(list => list.length))
    throw new InterplayError(
      'data/empty',
      `protocol ${options.protocol} leaves nothing to ${held.train.length === 0 ? 'learn from' : 'score'}`,
      {
        why: `no user has more than ${most} events`,
        try: '--set protocol=cold-user',
      },
    )
  }
  checkTop(options.top, data.items.names.length)
  return held
}

/** @throws InterplayError `option/conflict` */
export function checkTop(top: number, items: number): void {
  if (top <= items) return
  throw new InterplayError('option/conflict', `top (${top}) is more than the ${items} items there are`, {
    try: `--set top=${items}`,
  })
}

/** Learns to rank items, watching validation users as cold as those of the test. The learner is the caller's to close. */
export async function learn(data: Interactions, options: ColdStartOptions, context: RunContext): Promise<Learned> {
  const { seed, threads, signal } = context
  const held = heldOutOf(data, options, seed)
  const coding = codingFrom(data, held.train, options)
  const model = modelOf(coding, options)
  const { spec } = specOf(coding, held.train.length)
  const writer = writerOf(data, coding)
  const teacher = new Teacher(data, held.train, writer, options)
  const learner = new NetworkLearner(
    {
      model,
      inputs: batchInputs(spec),
      targets: contrastInputs(spec),
      answer: (inputs, mode) => ({ logits: model.forward(batchOf(spec, inputs), mode).squeeze(1) }),
      loss: ({ logits }, targets) =>
        binaryCrossEntropy(logits!, targets.labels!).add(contrastLoss(model, spec, targets, options)),
    },
    {
      optimizer: new Adam([{ name: 'all', parameters: trainable(model), l2: options.regularization }]),
      seed,
      threads,
      clipNorm: 10,
    },
  )
  const score = rowScorer(learner, spec)
  const items = data.items.names.length
  const shown = options.protocol === 'cold-user' ? 0 : Infinity
  try {
    const { bestEpoch, history } = await trainEpochs({
      state: learner.state,
      epochs: options.epochs,
      patience: options.patience,
      better: 'higher',
      score: 'ndcg',
      context: { signal, progress: context.progress },
      epoch: async epoch => {
        const random = new Random(seed, 'cold-start', epoch)
        const all = Int32Array.from({ length: teacher.size }, (_, i) => i)
        let [total, steps] = [0, 0]
        for (const batch of itemBatches(all, { size: options.batch, seed, epoch, least: 2 })) {
          signal?.throwIfAborted()
          total += await learner.step(lessonFeeds(spec, teacher.lesson(batch, random)), options.learningRate)
          steps++
        }
        return total / steps
      },
      validate: async () => (await scoreRanking(held.valid, items, byRows(score, writer, shown))).ndcg,
    })
    return { coding, model, learner, writer, held, bestEpoch, epochs: history.length }
  } catch (error) {
    await learner.close()
    throw error
  }
}

/** Scores rows by a trained network. */
export const rowScorer =
  (predictor: NetworkPredictor, spec: TableSpec): RowScorer =>
  async table =>
    (await predictor.answer(rowFeeds(spec, table, 0, table.rows))).logits!.data as Float32Array

/** A network that answers alone, of weights that were saved. */
export const answers = (model: AdaptiveFusion, spec: TableSpec) => ({
  inputs: batchInputs(spec),
  answer: (inputs: Record<string, Tensor>, mode: Mode): Record<string, Tensor> => ({
    logits: model.forward(batchOf(spec, inputs), mode).squeeze(1),
  }),
})

const views = ['first', 'second'] as const

const contrastInputs = (spec: TableSpec): Record<string, TensorType> => ({
  labels: float32(['batch']),
  ...Object.fromEntries(
    views.flatMap(view =>
      Object.entries(batchInputs(spec)).map(([name, { dtype, shape }]) => [
        `${view}.${name}`,
        { dtype, shape: ['choices', ...shape.slice(1)] },
      ]),
    ),
  ),
  sameUser: float32(['choices', 'choices']),
  sameItem: float32(['choices', 'choices']),
  knownPositive: float32(['choices', 'choices']),
  logFrequency: float32(['choices']),
})

const lessonFeeds = (spec: TableSpec, { rows, views: made, ...rest }: Lesson) => ({
  ...rowFeeds(spec, rows, 0, rows.rows),
  ...Object.fromEntries(
    views.flatMap((view, v) =>
      Object.entries(rowFeeds(spec, made[v]!, 0, made[v]!.rows)).map(([name, feed]) => [`${view}.${name}`, feed]),
    ),
  ),
  ...rest,
})

/**
 * Two corrupted views of a user, and of an item, are to be told from those of others; and the item of a choice from the
 * other items of the batch, popularity taken off. What is the same or known to be chosen is no negative.
 */
export function contrastLoss(
  model: AdaptiveFusion,
  spec: TableSpec,
  targets: Readonly<Record<string, Tensor>>,
  { contrast, temperature }: Pick<ColdStartOptions, 'contrast' | 'temperature'>,
): Tensor {
  const [first, second] = views.map(view => {
    const own = Object.entries(targets).flatMap(([name, tensor]) =>
      name.startsWith(`${view}.`) ? [[name.slice(view.length + 1), tensor] as const] : [],
    )
    return model.sides(batchOf(spec, Object.fromEntries(own)), Mode.evaluation())
  }) as [ReturnType<AdaptiveFusion['sides']>, ReturnType<AdaptiveFusion['sides']>]
  const users = inBatchInfoNce(first.user, second.user, { temperature, excluded: targets.sameUser })
  const items = inBatchInfoNce(first.item, second.item, { temperature, excluded: targets.sameItem })
  const choices = inBatchInfoNce(second.user, second.item, {
    temperature,
    excluded: targets.knownPositive!.maximum(targets.sameItem!),
    logFrequency: targets.logFrequency,
  })
  return users.add(items).named('contrast.views').add(choices.named('contrast.choices')).mul(contrast)
}
