import { float32, int32, type State } from '../../../engine/index.ts'
import { callMulticlass } from '../../../metrics/index.ts'
import { Adam, softmaxCrossEntropy, trainable, type MultilayerPerceptron } from '../../../nn/index.ts'
import { cosineRate, itemBatches, NetworkLearner, taken, trainEpochs } from '../../../train/index.ts'

interface LabelTraining {
  model: MultilayerPerceptron
  classes: number
  /** [rows, C] true or predicted concepts. */
  concepts: Float32Array
  labels: Int32Array
  valid: { concepts: Float32Array; labels: Int32Array }
}

const epochs = 60
const batch = 64
const learningRate = 3e-3

/** Learns classes from concepts by Adam, and puts the weights into `state`. */
export async function trainLabels(
  { model, classes, concepts, labels, valid }: LabelTraining,
  state: State,
  { seed, threads, signal }: { seed: number; threads: number; signal?: AbortSignal },
): Promise<void> {
  const width = concepts.length / labels.length
  const learner = new NetworkLearner(
    {
      model,
      inputs: { concepts: float32(['batch', width]) },
      targets: { labels: int32(['batch']) },
      answer: (leaves, mode) => ({ logits: model.forward(leaves.concepts!, mode) }),
      loss: (answers, targets) => softmaxCrossEntropy(answers.logits!, targets.labels!),
    },
    { optimizer: new Adam([{ name: 'labels', parameters: trainable(model) }]), seed, threads },
  )
  const rows = Int32Array.from(labels, (_, row) => row)
  const steps = epochs * Math.ceil(rows.length / batch)
  try {
    await trainEpochs({
      state: learner.state,
      epochs,
      patience: epochs,
      better: 'higher',
      score: 'accuracy',
      context: { signal, progress: () => {} },
      epoch: async epoch => {
        let total = 0
        for (const part of itemBatches(rows, { size: batch, seed, epoch })) {
          signal?.throwIfAborted()
          const feeds = { concepts: taken(concepts, width, part), labels: taken(labels, 1, part) }
          total += part.length * (await learner.step(feeds, cosineRate(learningRate, learner.state.step, steps)))
        }
        return total / rows.length
      },
      validate: async () => {
        const { logits } = await learner.answer({ concepts: valid.concepts })
        const called = callMulticlass(logits!.data as Float32Array, classes)
        return called.reduce((sum, label, row) => sum + Number(label === valid.labels[row]), 0) / called.length
      },
    })
    for (const parameter of trainable(model)) state.write(parameter, learner.state.read(parameter).data)
  } finally {
    await learner.close()
  }
}
