import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { InterplayError } from '../errors/index.ts'
import {
  createPredictors,
  encodedRows,
  servedFields,
  type HostModel,
  type Predictor,
  type PredictorOptions,
  type ServedModel,
} from '../server/index.ts'
import { systemNamed } from '../systems/index.ts'
import { modelPath, readBundle, type BundleFile } from '../train/index.ts'
import { bundleTask, readSystemBundle } from './system-bundle.ts'

export interface Bundle {
  folder: string
  file: BundleFile
  modelPath: string
}

/** Reads the bundle of a run folder, a bundle folder, or its `interplay.json`. */
export async function openBundle(path: string): Promise<Bundle> {
  const folder = path.endsWith('interplay.json') || path.endsWith('.onnx') ? dirname(path) : path
  if (!existsSync(folder)) throw new InterplayError('data/not-found', `no run or bundle '${path}'`)
  const file = await readBundle(folder)
  return { folder, file, modelPath: await modelPath(folder, file) }
}

/** A bundle as a server takes it. */
export function servedModel({ folder, file, modelPath: path }: Bundle): ServedModel {
  return {
    name: basename(resolve(folder)),
    version: file.model.sha256.slice(0, 8),
    fields: servedFields(file),
    outputs: file.outputs.map(({ name, kind, classes }) => ({ name, kind, ...(classes ? { classes } : {}) })),
    encode: rows => encodedRows(file, rows),
    modelPath: path,
  }
}

/** A run or bundle of any kind as a server takes it. Throws `usage/not-served` where its system answers no single rows. */
export async function served(path: string): Promise<ServedModel | HostModel> {
  const task = await bundleTask(path)
  return task === undefined || task === 'table' ? servedModel(await openBundle(path)) : hostModel(path)
}

async function hostModel(folder: string): Promise<HostModel> {
  const { bundle, saved } = await readSystemBundle(folder)
  const fitted = await systemNamed(bundle.system).load!(saved, { seed: 1, threads: 1, progress: () => {} })
  const { rows } = fitted
  if (!rows) {
    throw new InterplayError('usage/not-served', `${bundle.system} answers ${bundle.task} data, not single rows`, {
      try: `interplay predict ${folder}`,
    })
  }
  return {
    name: basename(resolve(folder)),
    version: (bundle.model ?? bundle.state!).sha256.slice(0, 8),
    fields: rows.fields,
    outputs: [{ name: rows.output, kind: 'value', banded: true }],
    answer: given => rows.answer(given),
    close: fitted.close && (() => fitted.close!()),
  }
}

const folders = new WeakMap<Predictor, string>()

/** The path an opened model came from. */
export const openedFrom = (model: object): string | undefined => folders.get(model as Predictor)

/** A model that answers raw rows off the event loop; close it, or declare it with `await using`. */
export async function open(path: string, options: PredictorOptions = {}): Promise<Predictor> {
  const [predictor] = createPredictors([await served(path)], { workers: 1, ...options })
  await predictor!.ready
  folders.set(predictor!, path)
  return predictor!
}
