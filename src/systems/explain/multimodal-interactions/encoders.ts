import { float32, int32, type Tensor } from '../../../engine/index.ts'
import { concat } from '../../../engine/index.ts'
import {
  Adam,
  Linear,
  Module,
  MultilayerPerceptron,
  softmaxCrossEntropy,
  trainable,
  type Mode,
} from '../../../nn/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { itemBatches, NetworkLearner, taken, trainEpochs } from '../../../train/index.ts'
import { width, type Mixed } from './worlds.ts'

/** Width of what an encoder gives. */
const encoded = 5
const hidden = [128, 128]

/** An encoder a modality, a head of its own for each, and one that sees both. */
class Encoders extends Module {
  readonly first = new MultilayerPerceptron(width, hidden, { outputs: encoded, activation: 'relu' })
  readonly second = new MultilayerPerceptron(width, hidden, { outputs: encoded, activation: 'relu' })
  readonly headOfFirst = new Linear(encoded, 2)
  readonly headOfSecond = new Linear(encoded, 2)
  readonly headOfBoth = new MultilayerPerceptron(2 * encoded, [64], { outputs: 2, activation: 'relu' })

  forward({ first, second }: Record<string, Tensor>, mode: Mode): Record<string, Tensor> {
    const [a, b] = [this.first.forward(first!, mode), this.second.forward(second!, mode)]
    return {
      codesOfFirst: a,
      codesOfSecond: b,
      fromFirst: this.headOfFirst.forward(a),
      fromSecond: this.headOfSecond.forward(b),
      fromBoth: this.headOfBoth.forward(concat([a, b], 1), mode),
    }
  }
}

export interface Encoded {
  /** What the encoders give for the test rows, [rows, 5]. */
  first: Float32Array
  second: Float32Array
  labels: Int32Array
  /** Accuracies on the test rows. */
  accuracy: { first: number; second: number; both: number }
}

export interface EncoderSizes {
  /** Rows that are learned from, and twice as many as validate. */
  train: number
  test: number
  epochs: number
}

/** Learns the label from each modality and from both, on rows of their own, and encodes the test rows. */
export async function encode(
  draw: (rows: number) => Mixed,
  { train, test, epochs }: EncoderSizes,
  { seed, threads, signal }: Pick<StudyContext, 'threads' | 'signal'> & { seed: number },
): Promise<Encoded> {
  const valid = Math.ceil(train / 4)
  const all = draw(train + valid + test)
  const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i)
  const model = new Encoders()
  const learner = new NetworkLearner(
    {
      model,
      inputs: { first: float32(['batch', width]), second: float32(['batch', width]) },
      targets: { labels: int32(['batch']) },
      answer: (inputs, mode) => model.forward(inputs, mode),
      loss: (answers, { labels }) =>
        ['fromFirst', 'fromSecond', 'fromBoth']
          .map(head => softmaxCrossEntropy(answers[head]!, labels!))
          .reduce((sum, loss) => sum.add(loss)),
    },
    { optimizer: new Adam([{ name: 'network', parameters: trainable(model) }]), seed, threads },
  )
  const feeds = (rows: Int32Array) => ({ first: taken(all.first, width, rows), second: taken(all.second, width, rows) })
  const labelsOf = (rows: Int32Array) => taken(all.labels, 1, rows)
  const right = (logits: ArrayLike<number>, labels: Int32Array) =>
    labels.filter((label, i) => Number(logits[2 * i + 1]! > logits[2 * i]!) === label).length / labels.length
  const [validRows, testRows] = [range(train, train + valid), range(train + valid, all.rows)]
  try {
    await trainEpochs({
      state: learner.state,
      epochs,
      patience: epochs,
      better: 'higher',
      score: 'accuracy',
      context: { signal, progress: () => {} },
      epoch: epoch =>
        learner.pass(itemBatches(range(0, train), { size: 128, seed, epoch }), {
          feeds: rows => ({ ...feeds(rows), labels: labelsOf(rows) }),
          rate: 1e-3,
          signal,
        }),
      validate: async () =>
        right((await learner.answer(feeds(validRows))).fromBoth!.data as Float32Array, labelsOf(validRows)),
    })
    const answers = await learner.answer(feeds(testRows))
    const labels = labelsOf(testRows)
    const values = (name: string) => answers[name]!.data as Float32Array
    return {
      first: values('codesOfFirst'),
      second: values('codesOfSecond'),
      labels,
      accuracy: {
        first: right(values('fromFirst'), labels),
        second: right(values('fromSecond'), labels),
        both: right(values('fromBoth'), labels),
      },
    }
  } finally {
    await learner.close()
  }
}
