import type { ModularAddition } from '../../../data/index.ts'
import { int32 } from '../../../engine/index.ts'
import { Adam, softmaxCrossEntropy, trainable } from '../../../nn/index.ts'
import type { Network, RunContext } from '../../../system/index.ts'
import { NetworkLearner, taken } from '../../../train/index.ts'
import { modularNetwork, ModularTransformer, type ModularTransformerOptions } from './modular-transformer.ts'

export interface ModularTraining extends Omit<ModularTransformerOptions, 'modulus'> {
  steps: number
}

/** Of modulus 53 with half of the sums to learn from: the rule is found after one to two thousand steps. */
export const smallModular: ModularTraining = { width: 64, heads: 4, hidden: 256, steps: 3_000 }

/** Of modulus 113 with three tenths to learn from, as the authors of LIB train it. */
export const officialModular: ModularTraining = { width: 128, heads: 4, hidden: 512, steps: 60_000 }

export interface ModularTrained {
  network: Network
  /** Shares of sums that are right. */
  train: number
  test: number
}

const rate = 1e-3
const warmup = 10

/**
 * Trains on all learned sums at once: AdamW of rate 1e-3 with betas 0.9 and 0.98, ten steps of warm-up, and a decay of 1 on
 * everything, without which the sums are learned by heart.
 */
export async function trainModular(
  { modulus, inputs, labels, splits }: ModularAddition,
  { steps, ...options }: ModularTraining,
  { seed, threads, signal, progress }: RunContext,
): Promise<ModularTrained> {
  const model = new ModularTransformer({ modulus, ...options })
  const optimizer = new Adam([{ name: 'network', parameters: trainable(model) }], { beta2: 0.98, weightDecay: 1 })
  const learner = new NetworkLearner(
    {
      model,
      inputs: { tokens: int32(['batch', 3]) },
      targets: { sums: int32(['batch']) },
      answer: ({ tokens }) => ({ logits: model.forward(tokens!) }),
      loss: ({ logits }, { sums }) => softmaxCrossEntropy(logits!, sums!),
    },
    { optimizer, seed, threads },
  )
  const tokens = inputs.tokens.data as Int32Array
  const right = async (rows: Int32Array): Promise<number> => {
    const { logits } = await learner.answer({ tokens: taken(tokens, 3, rows) })
    const classes = logits!.dims[1]!
    const values = logits!.data as Float32Array
    const hits = rows.filter((row, i) => {
      const own = values.subarray(i * classes, (i + 1) * classes)
      return own.indexOf(own.reduce((a, b) => Math.max(a, b))) === labels[row]
    })
    return hits.length / rows.length
  }
  try {
    const feeds = { tokens: taken(tokens, 3, splits.train), sums: taken(labels, 1, splits.train) }
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted()
      const loss = await learner.step(feeds, rate * Math.min(1, (step + 1) / warmup))
      if (step % 100 === 99) progress({ stage: 'step', done: step + 1, total: steps, values: { loss } })
    }
    return {
      network: modularNetwork(`sums modulo ${modulus}`, model, learner.state),
      train: await right(splits.train),
      test: await right(splits.test),
    }
  } finally {
    await learner.close()
  }
}
