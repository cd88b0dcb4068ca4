import type { Interactions } from '../../../../data/index.ts'
import { float32, type Tensor } from '../../../../engine/index.ts'
import {
  activations,
  Adam,
  Linear,
  meanSquaredError,
  Module,
  trainable,
  type Activation,
} from '../../../../nn/index.ts'
import { cosineRate, NetworkLearner } from '../../../../train/index.ts'
import type { CaseScorer } from '../rank.ts'

/** r' = W g(V r + m) + b of a user's row of choices (AutoRec, Sedhain et al. 2015, user-based). */
class AutoRec extends Module {
  readonly encoder: Linear
  readonly decoder: Linear

  constructor(
    items: number,
    hidden: number,
    private readonly activation: Activation,
    bias: boolean,
  ) {
    super()
    this.encoder = new Linear(items, hidden, { bias })
    this.decoder = new Linear(hidden, items, { bias })
  }

  forward(rows: Tensor): Tensor {
    return this.decoder.forward(activations[this.activation](this.encoder.forward(rows)))
  }
}

export interface AutoRecOptions {
  hidden: number
  steps: number
  learningRate: number
  /** Penalty on all weights. */
  l2: number
  activation: Activation
  bias: boolean
  seed: number
  threads: number
}

/** Learns to give rows [users, items] back, all of them in every step; returns what it gives back of further rows. */
export async function autoRec(
  rows: Float32Array,
  items: number,
  { hidden, steps, learningRate, l2, activation, bias, seed, threads }: AutoRecOptions,
): Promise<(rows: Float32Array) => Promise<Float32Array>> {
  const model = new AutoRec(items, hidden, activation, bias)
  const learner = new NetworkLearner(
    {
      model,
      inputs: { rows: float32(['batch', items]) },
      targets: { wanted: float32(['batch', items]) },
      answer: ({ rows }) => ({ answers: model.forward(rows!) }),
      loss: ({ answers }, { wanted }) => meanSquaredError(answers!, wanted!),
    },
    { optimizer: new Adam([{ name: 'all', parameters: trainable(model), l2 }]), seed, threads },
  )
  for (let step = 0; step < steps; step++) {
    await learner.step({ rows, wanted: rows }, cosineRate(learningRate, step, steps))
  }
  return async asked => Float32Array.from((await learner.answer({ rows: asked })).answers!.data as Float32Array)
}

/** AutoRec of training choices; a stranger is a row of zeros, others the choices that taught. */
export async function autoRecScorer(
  { users, items, events }: Interactions,
  train: Int32Array,
  options: AutoRecOptions,
): Promise<CaseScorer> {
  const width = items.names.length
  const all = new Float32Array(users.names.length * width)
  for (const i of train) all[events!.user[i]! * width + events!.item[i]!] = 1
  const rowOf = (user: number) => all.subarray(user * width, (user + 1) * width)
  const taught = [...new Set(Array.from(train, i => events!.user[i]!))]
  const stacked = (list: readonly number[]) => {
    const rows = new Float32Array(list.length * width)
    list.forEach((user, r) => rows.set(rowOf(user), r * width))
    return rows
  }
  const answer = await autoRec(stacked(taught), width, options)
  return async cases => Float64Array.from(await answer(stacked(cases.map(({ user }) => user))))
}
