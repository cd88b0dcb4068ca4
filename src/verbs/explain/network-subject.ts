import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { worldNamed } from '../../data/index.ts'
import { importOnnx, type HostTensor } from '../../engine/index.ts'
import { loadSafetensors } from '../../engine/safetensors-file.ts'
import { InterplayError } from '../../errors/index.ts'
import { importedNetwork, type Network, type NetworkData } from '../../system/index.ts'
import { rawColumns, requireNumbers } from './table-columns.ts'

export interface NetworkSubject {
  network: Network
  data: NetworkData
  /** The data as a user knows them. */
  name: string
  /** Of the file the network is in. */
  sha256: string
  close(): Promise<void>
}

export interface NetworkSubjectOptions {
  input?: string
  /** Field of the labels, of a table. */
  target?: string
  seed: number
  threads?: number
  signal?: AbortSignal
}

/**
 * An ONNX file (or the one of a run) opened to be looked into, with data for it: a world, a safetensors file of its inputs
 * by name and `labels`, or a table of numbers for a network of one input [rows, features].
 *
 * @throws InterplayError `data/not-found`, `usage/missing-input`, `usage/wrong-task`, `onnx/*`, what the reader throws
 */
export async function networkSubject(path: string, options: NetworkSubjectOptions): Promise<NetworkSubject> {
  const file = path.endsWith('.onnx') ? path : join(path, 'model.onnx')
  if (!existsSync(file))
    throw new InterplayError('data/not-found', `no network '${path}'`, { why: 'an ONNX file, or a run' })
  if (options.input === undefined) {
    throw new InterplayError('usage/missing-input', `'${path}' brings no data of its own to be looked at on`, {
      try: `interplay explain ${path} data=FILE`,
    })
  }
  const model = await importOnnx(file, { threads: options.threads ?? 1 })
  try {
    const network = importedNetwork(model)
    const data = await readData(options.input, network, options)
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    const name = /^\w+:/.test(options.input) ? options.input : basename(options.input)
    return { network, data, name, sha256, close: () => model.close() }
  } catch (error) {
    await model.close()
    throw error
  }
}

async function readData(input: string, network: Network, options: NetworkSubjectOptions): Promise<NetworkData> {
  if (input.startsWith('world:')) {
    const world = worldNamed(input)
    if (world.task === 'network') return world.make({ seed: options.seed }) as NetworkData
    throw new InterplayError('usage/wrong-task', `${input} makes ${world.task} data, not inputs of a network`)
  }
  return input.endsWith('.safetensors') ? fromTensors(input) : fromTable(input, network, options)
}

/** Every tensor but `labels` is an input. */
async function fromTensors(path: string): Promise<NetworkData> {
  const { tensors } = await loadSafetensors(path)
  const { labels, ...inputs } = tensors
  return { inputs, ...(labels && { labels: Int32Array.from(labels.data as Float64Array, Number) }) }
}

async function fromTable(
  input: string,
  { name, inputs }: Network,
  { target, signal }: NetworkSubjectOptions,
): Promise<NetworkData> {
  const [first, ...others] = Object.entries(inputs)
  const [inputName, { dtype, shape }] = first!
  if (others.length > 0 || shape.length !== 2 || (dtype !== 'float32' && dtype !== 'float64')) {
    throw new InterplayError('lens/needs', `'${name}' takes more than rows of numbers`, {
      why: `its inputs: ${Object.entries(inputs)
        .map(([key, type]) => `${key} ${type.dtype}[${type.shape.join(', ')}]`)
        .join(', ')}`,
      try: 'data=FILE.safetensors with a tensor for each input',
    })
  }
  const table = await rawColumns(input, { target, signal })
  requireNumbers(name, table)
  if (typeof shape[1] === 'number' && shape[1] !== table.columns.length) {
    throw new InterplayError(
      'shape/mismatch',
      `'${name}' takes ${shape[1]} features, ${table.name} has ${table.columns.length}`,
    )
  }
  const width = table.columns.length
  const values = Float64Array.from(
    { length: table.rows * width },
    (_, i) => table.columns[i % width]![Math.floor(i / width)]!,
  )
  const data = dtype === 'float32' ? Float32Array.from(values) : values
  const tensor: HostTensor = { dtype, dims: [table.rows, width], data }
  return { inputs: { [inputName]: tensor }, ...(table.labels && { labels: Int32Array.from(table.labels.values) }) }
}
