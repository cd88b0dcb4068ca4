import { float32, int32, type Tensor } from '../../../engine/index.ts'
import { Adam, softmaxCrossEntropy, trainable, type Mode, type Module } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { NetworkLearner, trainEpochs, type NetworkFeeds, type NetworkInputs } from '../../../train/index.ts'
import type { Lesson } from './lesson.ts'
import type { HftOptions } from './options.ts'
import { windowsOf } from './windows.ts'

/** A network of windows x [batch, features, ticks], as it is taught. */
export interface Taught {
  model: Module
  features: number
  ticks: number
  /** [batch, classes] */
  logits(inputs: Record<string, Tensor>, mode: Mode): Tensor
  /** What else it is fed at each step. */
  also?: { inputs: NetworkInputs; feeds(): NetworkFeeds }
  /** Added to the loss. */
  penalty?(): Tensor
  /** Share of the features that training hides. */
  hidden: number
}

/** Teaches a network on the windows of a lesson; the watched ones say when to stop. */
export class WindowLearner {
  readonly learner: NetworkLearner

  constructor(
    private readonly taught: Taught,
    private readonly lesson: Lesson,
    private readonly options: Pick<HftOptions, 'batch' | 'windowsAnEpoch' | 'learningRate'>,
    private readonly context: RunContext,
  ) {
    const { model, features, ticks, also, logits, penalty } = taught
    const { seed, threads } = context
    this.learner = new NetworkLearner(
      {
        model,
        inputs: { x: float32(['batch', features, ticks]), ...also?.inputs },
        targets: { labels: int32(['batch']) },
        answer: (inputs, mode) => ({ logits: logits(inputs, mode) }),
        loss: (answers, targets) => {
          const loss = softmaxCrossEntropy(answers.logits!, targets.labels!)
          return penalty ? loss.add(penalty()) : loss
        },
      },
      { optimizer: new Adam([{ name: 'network', parameters: trainable(model) }]), seed, threads, clipNorm: 5 },
    )
  }

  /** At most so many passes; `stage` names them in progress and draws their windows. */
  async teach(epochs: number, stage: string): Promise<void> {
    const { learner, lesson, options, context } = this
    const { signal, seed, progress } = context
    const { batch, windowsAnEpoch, learningRate } = options
    const { ticks, hidden, also } = this.taught
    await trainEpochs({
      state: learner.state,
      epochs,
      patience: 2,
      better: 'lower',
      score: 'logLoss',
      context: { signal, progress: event => progress({ ...event, stage }) },
      epoch: async epoch => {
        const random = new Random(seed, `hft.${stage}`, epoch)
        const steps = Math.max(1, Math.floor(Math.min(windowsAnEpoch, lesson.train.length) / batch))
        let total = 0
        for (let step = 0; step < steps; step++) {
          signal?.throwIfAborted()
          const rows = Int32Array.from({ length: batch }, () => lesson.train[random.integer(lesson.train.length)]!)
          const x = windowsOf(lesson, rows, ticks, { random, hidden })
          const labels = rows.map(row => lesson.labels[row]!)
          total += await learner.step({ x, labels, ...also?.feeds() }, learningRate)
        }
        return total / steps
      },
      validate: () => this.watchedLoss(),
    })
  }

  /** P(class) of the windows that end at these ticks: [rows, classes]. */
  async answer(rows: Int32Array): Promise<Float64Array> {
    const { learner, lesson, taught, options } = this
    const parts: Float64Array[] = []
    for (let start = 0; start < rows.length; start += options.batch) {
      const part = rows.subarray(start, start + options.batch)
      const { logits } = await learner.answer({ x: windowsOf(lesson, part, taught.ticks), ...taught.also?.feeds() })
      parts.push(softmaxRows(logits!.data as Float32Array, logits!.dims[1]!))
    }
    return Float64Array.from(parts.flatMap(part => [...part]))
  }

  private async watchedLoss(): Promise<number> {
    const { valid, labels } = this.lesson
    const step = Math.max(1, Math.ceil(valid.length / watched))
    const rows = valid.filter((_, i) => i % step === 0)
    const probabilities = await this.answer(rows)
    const classes = probabilities.length / rows.length
    const losses = rows.reduce((sum, row, i) => sum - Math.log(probabilities[i * classes + labels[row]!]!), 0)
    return losses / rows.length
  }

  close(): Promise<void> {
    return this.learner.close()
  }
}

/** At most this many windows are watched. */
const watched = 2048

function softmaxRows(logits: Float32Array, classes: number): Float64Array {
  const result = Float64Array.from(logits)
  for (let from = 0; from < result.length; from += classes) {
    const row = result.subarray(from, from + classes)
    const greatest = Math.max(...row)
    const powers = row.map(z => Math.exp(z - greatest))
    const total = powers.reduce((sum, each) => sum + each, 0)
    row.set(powers.map(each => each / total))
  }
  return result
}
