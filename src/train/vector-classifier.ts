import { taken } from '../data/index.ts'
import { float32, int32, type State, type Tensor } from '../engine/index.ts'
import { callMulticlass } from '../metrics/index.ts'
import { Adam, softmaxCrossEntropy, trainable, type Mode, type Module } from '../nn/index.ts'
import { cosineRate, itemBatches, trainEpochs } from './epochs.ts'
import { NetworkLearner } from './network.ts'

export interface VectorTraining {
  /** From vectors [B, width] to logits [B, classes]. */
  model: Module & { forward(x: Tensor, mode: Mode): Tensor }
  classes: number
  /** [rows, width]. */
  vectors: Float32Array
  labels: Int32Array
  valid: { vectors: Float32Array; labels: Int32Array }
  epochs?: number
  batch?: number
  learningRate?: number
}

/**
 * Learns the classes of vectors by Adam and a cosine of the rate, keeps the epoch of the best validation accuracy, and puts
 * the weights into `state`: the last part of a network whose other parts are frozen.
 */
export async function trainVectorClassifier(
  { model, classes, vectors, labels, valid, epochs = 60, batch = 64, learningRate = 3e-3 }: VectorTraining,
  state: State,
  { seed, threads, signal }: { seed: number; threads: number; signal?: AbortSignal },
): Promise<void> {
  const width = vectors.length / labels.length
  const learner = new NetworkLearner(
    {
      model,
      inputs: { vectors: float32(['batch', width]) },
      targets: { labels: int32(['batch']) },
      answer: (leaves, mode) => ({ logits: model.forward(leaves.vectors!, mode) }),
      loss: (answers, targets) => softmaxCrossEntropy(answers.logits!, targets.labels!),
    },
    { optimizer: new Adam([{ name: 'classifier', parameters: trainable(model) }]), seed, threads },
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
      epoch: epoch =>
        learner.pass(itemBatches(rows, { size: batch, seed, epoch }), {
          feeds: part => ({ vectors: taken(vectors, width, part), labels: taken(labels, 1, part) }),
          rate: step => cosineRate(learningRate, step, steps),
          signal,
        }),
      validate: async () => {
        const { logits } = await learner.answer({ vectors: valid.vectors })
        const called = callMulticlass(logits!.data as Float32Array, classes)
        return called.reduce((sum, label, row) => sum + Number(label === valid.labels[row]), 0) / called.length
      },
    })
    for (const parameter of trainable(model)) state.write(parameter, learner.state.read(parameter).data)
  } finally {
    await learner.close()
  }
}
