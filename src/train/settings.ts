import type { Device } from '../engine/index.ts'
import { largeTable } from '../nn/index.ts'
import type { TrainingDefaults } from '../system/index.ts'

/** How a model is trained, whatever the model. */
export interface TrainingSettings {
  epochs: number
  /** Rows a step. */
  batch: number
  learningRate: number
  /** Epochs without a better validation metric before training stops. */
  patience: number
  /** What each such epoch multiplies the learning rate by, down to the floor below; 1 keeps it as it is. */
  plateauFactor: number
  /** What validation watches; the task's own when left out. */
  metric?: string
  /** Largest norm of the gradient of all parameters together; 0 for no limit. */
  clipNorm: number
  /** Largest size of any element of the gradient; no limit when left out. */
  clipValue?: number
  optimizer: 'adam' | 'adagrad' | 'sgd' | 'ftrl'
  embeddingRegularization: number
  networkRegularization: number
  /** Elements from which an embedding table without regularization moves only in the rows that a batch touches. */
  largeTable: number
  /** Weight of each class in the loss: none, inversely to its frequency, or as given. */
  classWeights: 'none' | 'balanced' | Readonly<Record<string, number>>
  /** Seconds after which training stops as if its epochs were over. */
  timeLimit?: number
  seed: number
  threads: number
  /** Where tensors are computed; the processor when left out. */
  device?: Device
}

/** No plateau takes the learning rate below this. */
export const lowestLearningRate = 1e-6
/** A validation metric must gain at least this to count as better. */
export const leastGain = 1e-6

/** The largest power of two <= rows / 50, within 128 and 4,096. */
export const automaticBatch = (rows: number): number =>
  Math.min(4096, Math.max(128, 2 ** Math.floor(Math.log2(Math.max(rows, 1) / 50))))

/** Explicit settings over a system's own over the shared defaults. */
export function trainingSettings(
  rows: number,
  given: Partial<TrainingSettings>,
  system: TrainingDefaults = {},
): TrainingSettings {
  const shared: TrainingSettings = {
    epochs: 100,
    batch: automaticBatch(rows),
    learningRate: 1e-3,
    patience: 2,
    plateauFactor: 0.1,
    clipNorm: 10,
    optimizer: 'adam',
    embeddingRegularization: 0,
    networkRegularization: 0,
    largeTable,
    classWeights: 'none',
    seed: 1,
    threads: 1,
  }
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ...shared, ...system, ...defined }
}
