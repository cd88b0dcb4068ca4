import { ticksOf, type TickStream } from '../../../data/index.ts'
import { compile, float32 } from '../../../engine/index.ts'
import { principalComponents, projected } from '../../../linear-algebra/index.ts'
import { countParameters, Mode } from '../../../nn/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { DeepLob, WindowLstm, WindowRegression, type WindowNet, type WindowSize } from './baseline-nets.ts'
import { splitOf } from './fitted.ts'
import { labelsOf } from './labels.ts'
import { wholeWindows, type Lesson } from './lesson.ts'
import { ticksOfAnswer } from './net.ts'
import type { HftOptions } from './options.ts'
import { longestStep } from './pauses.ts'
import { latenciesOf } from './report.ts'
import { scoresOf } from './scores.ts'
import { Selector } from './selector.ts'
import { WindowLearner } from './teach.ts'
import { readyTicks } from './ticks.ts'
import { windowsOf } from './windows.ts'

/** The networks that the card compares with: all features, the same windows, split and training. */
export const baselines: Record<string, (size: WindowSize, options: HftOptions) => WindowNet> = {
  logistic: (size, { window }) => new WindowRegression(size, window),
  'LSTM-32': size => new WindowLstm(size, 32),
  DeepLOB: size => new DeepLob(size),
}

export interface BaselineResult {
  balancedAccuracy: number
  logLoss: number
  medianMicroseconds: number
  p99Microseconds: number
  parameters: number
}

/** Single ticks that are answered one by one, to tell what they take. */
const timedTicks = 1000

/** Teaches a baseline on the ticks that the system is taught on, and tries it on the same test ticks. */
export async function fitBaseline(
  given: TickStream,
  make: (size: WindowSize, options: HftOptions) => WindowNet,
  options: HftOptions,
  context: RunContext,
): Promise<BaselineResult> {
  const stream = readyTicks(given, longestStep(given.times, options.pause))
  const all = ticksOf(stream)
  const features = stream.features.length
  const { trained, watched } = splitOf(all)
  const { values: labels, classes: names } = labelsOf(stream, options.horizon, trained)
  const ticks = ticksOfAnswer({ ...options, features, classes: names.length })
  const size: WindowSize = { features, ticks, classes: names.length }
  const between = (from: number, to: number) => wholeWindows({ ...stream, labels, ticks }, from, to)
  const lesson: Lesson = {
    scaled: scaledAsSeen(stream.values, size, options, context.seed),
    masks: new Float32Array(features).fill(1),
    maskOf: new Int32Array(all),
    labels,
    train: between(0, trained - options.horizon),
    valid: between(trained, watched - options.horizon),
  }
  const model = make(size, options)
  const windows = new WindowLearner(
    { model, features, ticks, logits: ({ x }, mode) => model.forward(x!, mode), hidden: 0 },
    lesson,
    options,
    context,
  )
  try {
    await windows.teach(options.epochs, 'epoch')
    const rows = between(watched + ticks - 1, all)
    const probabilities = await windows.answer(rows)
    const { balancedAccuracy, logLoss } = scoresOf(probabilities, taken(labels, rows), size.classes)
    await using alone = compile({
      inputs: { x: float32([1, features, ticks]) },
      state: windows.learner.state,
      threads: 1,
      trace: ({ x }) => ({ outputs: { logits: model.forward(x, Mode.evaluation()) } }),
    })
    const microseconds = new Float64Array(timedTicks)
    for (let i = -timedTicks / 10; i < timedTicks; i++) {
      const row = rows.subarray((i + timedTicks) % rows.length).subarray(0, 1)
      const started = performance.now()
      await alone.run({ x: windowsOf(lesson, row, ticks) })
      if (i >= 0) microseconds[i] = 1000 * (performance.now() - started)
    }
    const { medianMicroseconds, p99Microseconds } = latenciesOf({ microseconds })
    const parameters = countParameters(model)
    return { balancedAccuracy, logLoss, medianMicroseconds, p99Microseconds, parameters }
  } finally {
    await windows.close()
  }
}

const taken = (values: Int32Array, places: Int32Array): Int32Array => places.map(place => values[place]!)

/** Ticks scaled by what came before them, as the system scales them: [ticks, features]. */
function scaledAsSeen(values: Float32Array, { features, classes }: WindowSize, options: HftOptions, seed: number) {
  const selector = new Selector(features, classes, { ...options, selection: 'all' }, seed)
  const scaled = new Float32Array(values.length)
  for (let at = 0; at < values.length; at += features) {
    selector.see(values, at, scaled.subarray(at, at + features))
  }
  return scaled
}

/** The stream with its first principal components for features: of the features' correlations among the training ticks. */
export function principalTicks(stream: TickStream, count: number): TickStream {
  const { values, features } = stream
  const { trained } = splitOf(ticksOf(stream))
  const own = values.subarray(0, trained * features.length)
  const components = principalComponents(own, features.length, count, { standardize: true })
  return {
    ...stream,
    features: Array.from({ length: count }, (_, k) => `component ${k + 1}`),
    values: Float32Array.from(projected(values, components)),
  }
}
