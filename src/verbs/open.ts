import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { InterplayError } from '../errors/index.ts'
import {
  createPredictors,
  encodedRows,
  servedFields,
  type Predictor,
  type PredictorOptions,
  type ServedModel,
} from '../server/index.ts'
import { modelPath, readBundle, type BundleFile } from '../train/index.ts'

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

const folders = new WeakMap<Predictor, string>()

/** The path an opened model came from. */
export const openedFrom = (model: object): string | undefined => folders.get(model as Predictor)

/** A model that answers raw rows off the event loop; close it, or declare it with `await using`. */
export async function open(path: string, options: PredictorOptions = {}): Promise<Predictor> {
  const [predictor] = createPredictors([servedModel(await openBundle(path))], { workers: 1, ...options })
  await predictor!.ready
  folders.set(predictor!, path)
  return predictor!
}
