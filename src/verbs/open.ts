import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { encodeRows, modelFields, type Encoding } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import type { HostTensor } from '../engine/index.ts'
import {
  createPredictors,
  type EncodedRows,
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
  const fields = file.fields.map(field => ({
    name: field.name,
    type: field.type === 'bucket' ? 'numeric' : field.type,
    required: field.required,
    ...('values' in field && field.type !== 'bucket' ? { values: field.values } : {}),
  }))
  return {
    name: basename(resolve(folder)),
    version: file.model.sha256.slice(0, 8),
    fields,
    outputs: file.outputs.map(({ name, kind, classes }) => ({ name, kind, ...(classes ? { classes } : {}) })),
    encode: rows => encodedRows(file, rows),
    modelPath: path,
  }
}

function encodedRows(encoding: Encoding, rows: readonly Readonly<Record<string, unknown>>[]): EncodedRows {
  const encoded = encodeRows(encoding, rows)
  const unseen: Record<string, number> = {}
  for (const { field } of encoded.unseen) unseen[field] = (unseen[field] ?? 0) + 1
  return {
    feeds: tableFeeds(encoding, encoded),
    rows: encoded.rows,
    unseen,
    warnings: encoded.unseen.map(({ row, field }) => ({ code: 'data/unseen-value', row, field })),
  }
}

/** Encoded rows as the inputs of an exported graph. */
export function tableFeeds(
  encoding: Encoding,
  table: {
    rows: number
    categorical: Int32Array
    numeric: Float32Array
    sequences: { field: string; length: number; ids: Int32Array }[]
  },
): Record<string, HostTensor> {
  const fields = modelFields(encoding)
  const count = (type: string) => fields.filter(field => field.type === type).length
  const { rows } = table
  const feeds: Record<string, HostTensor> = {}
  if (count('categorical') > 0)
    feeds.categorical = { dtype: 'int32', dims: [rows, count('categorical')], data: table.categorical }
  if (count('numeric') > 0) feeds.numeric = { dtype: 'float32', dims: [rows, count('numeric')], data: table.numeric }
  for (const { field, length, ids } of table.sequences)
    feeds[`sequence.${field}`] = { dtype: 'int32', dims: [rows, length], data: ids }
  return feeds
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
