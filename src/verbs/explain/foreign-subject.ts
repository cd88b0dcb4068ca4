import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { runtime } from '#runtime'
import type { HostTensor } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import { endpointPredictor, type Columns, type Predictor, type PredictorField } from '../../lenses/index.ts'
import type { Subject } from './subject.ts'
import { rawColumns, requireNumbers, type RawColumns } from './table-columns.ts'

export interface ForeignOptions {
  input?: string
  target?: string
  threads?: number
  signal?: AbortSignal
}

/** A model behind an address, on the rows of `input`; a field the server does not name is left out. */
export async function endpointSubject(url: string, options: ForeignOptions): Promise<Subject> {
  const only = await servedFields(url, options.signal)
  const raw = await rawColumns(needed(url, options.input), { ...options, only })
  const token = process.env.INTERPLAY_TOKEN
  return subjectOf(url, raw, endpointPredictor(url, { fields: raw.fields, cells: raw.cells, token }))
}

/** The fields of the first model a server names; undefined where it does not say. */
async function servedFields(url: string, signal?: AbortSignal): Promise<string[] | undefined> {
  const address = `${url.replace(/\/v1\/predict\/?$/, '').replace(/\/$/, '')}/v1/models`
  const response = await fetch(address, { signal }).catch((error: unknown) => {
    throw new InterplayError('predictor/answer', `no answer from '${url}'`, {
      why: error instanceof Error ? String((error.cause as Error | undefined)?.message ?? error.message) : undefined,
      try: 'interplay serve RUN',
      cause: error,
    })
  })
  if (!response.ok) return undefined
  const body = (await response.json().catch(() => ({}))) as { models?: { fields?: { name: string }[] }[] }
  return body.models?.[0]?.fields?.map(({ name }) => name)
}

/** An ONNX file: one float input [rows, fields] in the order of the columns, or an input a field by its name. */
export async function onnxSubject(path: string, options: ForeignOptions): Promise<Subject> {
  const bytes = await readFile(path)
  const session = await runtime.createSession(bytes, { threads: options.threads ?? 1 })
  const { inputNames, outputNames } = session
  const raw = await rawColumns(needed(path, options.input), {
    ...options,
    only: inputNames.length > 1 ? inputNames : undefined,
  })
  requireNumbers(path, raw, 'a table of numbers, or a bundle with its interplay.json')
  const predict = async (columns: Columns): Promise<Float64Array> => {
    const rows = columns[0]!.length
    await new Promise(resolve => setImmediate(resolve))
    const answers = await session.run(feeds(inputNames, raw.fields, columns), { [outputNames[0]!]: null })
    return Float64Array.from(answers[outputNames[0]!]!.data as Float32Array, Number).subarray(0, rows * width)
  }
  let width = 1
  const one = raw.columns.map(column => column.subarray(0, 1))
  const probe = await session.run(feeds(inputNames, raw.fields, one), { [outputNames[0]!]: null })
  width = probe[outputNames[0]!]!.data.length
  const names = Array.from({ length: width }, (_, k) => (width === 1 ? outputNames[0]! : `${outputNames[0]!}.${k}`))
  const predictor: Predictor = { name: path, fields: raw.fields, output: { kind: 'value', names }, predict }
  const model = createHash('sha256').update(bytes).digest('hex')
  return { ...subjectOf(path, raw, predictor), model, close: () => session.close() }
}

function feeds(
  inputs: readonly string[],
  fields: readonly PredictorField[],
  columns: Columns,
): Record<string, HostTensor> {
  const rows = columns[0]!.length
  if (inputs.length > 1)
    return Object.fromEntries(
      fields.map(({ name }, f) => [name, { dtype: 'float32', dims: [rows, 1], data: Float32Array.from(columns[f]!) }]),
    )
  const data = new Float32Array(rows * fields.length)
  columns.forEach((column, f) => column.forEach((value, r) => (data[r * fields.length + f] = value)))
  return { [inputs[0]!]: { dtype: 'float32', dims: [rows, fields.length], data } }
}

function needed(predictor: string, input: string | undefined): string {
  if (input !== undefined) return input
  throw new InterplayError('usage/missing-input', `'${predictor}' brings no rows of its own`, {
    try: `interplay explain ${predictor} ROWS`,
  })
}

/** Rows in memory under a predictor. */
export function subjectOf(name: string, raw: RawColumns, predictor: Predictor): Subject {
  return {
    name,
    data: raw.name,
    predictor,
    rows: raw.columns,
    rowNumbers: Int32Array.from({ length: raw.rows }, (_, r) => r + 1),
    total: raw.rows,
    row: number => (number <= raw.rows ? Float64Array.from(raw.columns, column => column[number - 1]!) : undefined),
    labels: raw.labels,
    output: 0,
    units: predictor.output.kind === 'logit' ? 'log-odds' : 'units of the answer',
    text: (field, value) => raw.fields[field]!.values?.[value] ?? String(Number(value.toPrecision(4))),
    toAnswer: logit => logit,
    toUnit: (_, cell) => cell,
    fromUnit: (_, value) => value,
    lists: new Set(),
    notes: [],
    close: async () => {},
  }
}
