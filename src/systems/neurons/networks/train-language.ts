import { languageTasks, type LanguageTask, type TinyLanguage } from '../../../data/index.ts'
import { int32, type State, type Tensor } from '../../../engine/index.ts'
import { Adam, causalBias, Gpt, Mode, softmaxCrossEntropy, trainable, type GptOptions } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { Network, RunContext } from '../../../system/index.ts'
import { cosineRate, NetworkLearner, taken } from '../../../train/index.ts'

export interface LanguageTraining extends Pick<GptOptions, 'width' | 'layers' | 'heads'> {
  steps: number
  /** Sequences a step. */
  batch: number
}

/** Four layers of width 64: a network of 0.2 million parameters. */
export const smallLanguage: LanguageTraining = { width: 64, layers: 4, heads: 4, steps: 3_000, batch: 64 }

export interface LanguageTrained {
  network: Network
  /** Of the tokens that can be foretold, the share that is, on test sequences. */
  accuracy: Record<LanguageTask, number>
}

const rate = 1e-3
const warmUp = 100

/** AdamW of rate 1e-3 with betas 0.9 and 0.95, a decay of 0.1, 100 steps of warm-up, then a cosine to 0. */
export async function trainLanguage(
  { vocabulary, inputs, labels, tasks, splits }: TinyLanguage,
  { steps, batch, ...options }: LanguageTraining,
  { seed, threads, signal, progress }: RunContext,
): Promise<LanguageTrained> {
  const context = inputs.tokens.dims[1]!
  const model = new Gpt({ vocabulary: vocabulary.length, context, ...options })
  const optimizer = new Adam([{ name: 'network', parameters: trainable(model) }], { beta2: 0.95, weightDecay: 0.1 })
  const learner = new NetworkLearner(
    {
      model,
      inputs: { tokens: int32(['batch', context]) },
      targets: { next: int32(['batch', context]) },
      answer: ({ tokens }, mode) => ({ logits: model.forward(tokens!, mode) }),
      loss: ({ logits }, { next }) => softmaxCrossEntropy(logits!, next!),
    },
    { optimizer, seed, threads },
  )
  const tokens = inputs.tokens.data as Int32Array
  const random = new Random(seed, 'language.batches')
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted()
      const rows = Int32Array.from({ length: batch }, () => splits.train[random.integer(splits.train.length)]!)
      const loss = await learner.step(
        { tokens: taken(tokens, context, rows), next: taken(labels, context, rows) },
        cosineRate(rate, step, steps, { warmUp }),
      )
      if (step % 100 === 99) progress({ stage: 'step', done: step + 1, total: steps, values: { loss } })
    }
    const { logits } = await learner.answer({ tokens: taken(tokens, context, splits.test) })
    const right = rightAnswers(logits!.data as Float32Array, taken(labels, context, splits.test), vocabulary.length)
    const shares = languageTasks.map(task => [task, share(right, taken(tasks[task], context, splits.test))])
    return {
      network: languageNetwork(model, context, learner.state),
      accuracy: Object.fromEntries(shares) as Record<LanguageTask, number>,
    }
  } finally {
    await learner.close()
  }
}

/** The decoder as a network to be looked into, cut where its stream [batch, context, width] enters a block. */
export const languageNetwork = (model: Gpt, context: number, state: State): Network => ({
  name: 'tiny language model',
  inputs: { tokens: int32(['batch', context]) },
  state,
  trace: ({ tokens }) => ({ logits: streamed(model, tokens!, context) }),
  layers: [...model.blocks.map((_, l) => `stream.${l}`), `stream.${model.blocks.length}`],
})

/** The decoder with its stream named between the blocks. */
function streamed(model: Gpt, tokens: Tensor, context: number): Tensor {
  const options = { bias: causalBias(context) }
  const swapped = (x: Tensor) => x.transpose([1, 0, 2])
  const start = model.embed(tokens).named('stream.0')
  const end = model.blocks.reduce(
    (x, block, l) => swapped(block.forward(swapped(x), Mode.evaluation(), options)).named(`stream.${l + 1}`),
    start,
  )
  return model.readOut(end)
}

/** 1 where the likeliest token is the next one. */
function rightAnswers(logits: Float32Array, labels: Int32Array, classes: number): Uint8Array {
  return Uint8Array.from(labels, (label, at) => {
    const own = logits.subarray(at * classes, (at + 1) * classes)
    return Number(own.every(value => value <= own[label]!))
  })
}

function share(right: Uint8Array, asked: Uint8Array): number {
  const count = asked.reduce((sum, each) => sum + each, 0)
  return right.reduce((sum, each, at) => sum + each * asked[at]!, 0) / count
}
