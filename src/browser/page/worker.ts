import { metric } from '../../metrics/registry.ts'
import { fitRows, systems, type RowsModel } from '../index.ts'
import { birdstrikes } from './birdstrikes.ts'
import { exampleOf } from './example.ts'
import { faultOf } from './fault.ts'
import type { FitRequest, Learned, Reply, Request, Row } from './messages.ts'

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
    say({ kind: 'failed', asked: data.kind, fault: faultOf(error) })
  }
}

async function fit({ name, fields, rows, target, system, epochs, seed }: FitRequest): Promise<void> {
  stopping = new AbortController()
  await model?.close()
  model = undefined
  const known = name === birdstrikes.name && target === birdstrikes.target.name
  model = await fitRows(rows, {
    name,
    fields,
    system: systems[system as keyof typeof systems],
    ...(known ? birdstrikes : { target }),
    epochs,
    seed,
    signal: stopping.signal,
    onPrepared: ({ encoding, split, warnings }) => {
      const { name, deviation } = encoding.outputs[0]!
      const said = warnings.map(({ message }) => message)
      say({ kind: 'prepared', target: { name, deviation }, rows: split.rows, warnings: said })
    },
    onProgress: progress => say({ kind: 'progress', progress }),
  })
  say(learnedOf(model, rows[0]!))
}

function learnedOf({ system, prepared, training, parameters, metrics, predictor }: RowsModel, first: Row): Learned {
  const { kind } = prepared.spec.targets[0]!
  const [output] = predictor.outputs
  const shown =
    kind === 'regression' ? ['rmse', 'mae', 'r2'] : kind === 'binary' ? ['auc', 'logLoss'] : ['accuracy', 'logLoss']
  return {
    kind: 'learned',
    system,
    target: output!.name,
    stopped: training.stopped,
    epochs: training.epochs,
    best: training.bestEpoch,
    parameters,
    seconds: training.seconds,
    rows: prepared.split.rows,
    metrics: shown.map(name => {
      const { title, inTargetUnits } = metric(name, kind)
      return { title, inTargetUnits, ...metrics.test[name]! }
    }),
    fields: [...predictor.fields],
    positive: output!.classes?.[1],
    example: exampleOf(prepared.encoding, first),
  }
}
