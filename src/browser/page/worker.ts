import { metric } from '../../metrics/registry.ts'
import { fitRows, isInterplayError, systems, type RowsModel } from '../index.ts'
import { birdstrikes } from './birdstrikes.ts'
import type { Fault, FitRequest, Learned, Reply, Request } from './messages.ts'

const say = (reply: Reply) => postMessage(reply)

let stopping = new AbortController()
let model: RowsModel | undefined

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  try {
    if (data.kind === 'stop') stopping.abort()
    else if (data.kind === 'fit') await fit(data)
    else if (data.kind === 'bundle') say({ kind: 'bundle', files: { ...(await model!.bundle()) } })
    else say({ kind: 'answer', prediction: (await model!.predictor.predict([data.row]))[0]! })
  } catch (error) {
    say({ kind: 'failed', fault: faultOf(error) })
  }
}

async function fit({ name, rows, target, system, epochs, seed }: FitRequest): Promise<void> {
  stopping = new AbortController()
  await model?.close()
  model = undefined
  const known = name === birdstrikes.name && target === birdstrikes.target.name
  model = await fitRows(rows, {
    name,
    system: systems[system as keyof typeof systems],
    ...(known ? birdstrikes : { target }),
    epochs,
    seed,
    signal: stopping.signal,
    onPrepared: ({ split, warnings }) =>
      say({ kind: 'prepared', rows: split.rows, warnings: warnings.map(({ message }) => message) }),
    onProgress: progress => say({ kind: 'progress', progress }),
  })
  say(learnedOf(model, rows[0]!))
}

function learnedOf(
  { system, prepared, training, parameters, metrics, predictor }: RowsModel,
  example: Learned['example'],
): Learned {
  const { kind } = prepared.spec.targets[0]!
  const shown =
    kind === 'regression' ? ['rmse', 'mae', 'r2'] : kind === 'binary' ? ['auc', 'logLoss'] : ['accuracy', 'logLoss']
  return {
    kind: 'learned',
    system,
    stopped: training.stopped,
    epochs: training.epochs,
    best: training.bestEpoch,
    parameters,
    seconds: training.seconds,
    rows: prepared.split.rows,
    metrics: shown.map(name => ({ title: metric(name, kind).title, ...metrics.test[name]! })),
    fields: [...predictor.fields],
    positive: predictor.outputs[0]!.classes?.[1],
    example,
  }
}

function faultOf(error: unknown): Fault {
  if (!isInterplayError(error)) return { code: 'internal/page', message: String(error) }
  const { code, message, where, why } = error
  return { code, message, where, why, try: error.try }
}
