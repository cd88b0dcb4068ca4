import { readFile } from 'node:fs/promises'
import { encodeTable, tableFeeds, type EncodedChunk, type OutputEncoding, type ReaderOptions } from '../data/index.ts'
import { absentWarnings } from '../data/table/absent.ts'
import type { Device } from '../engine/index.ts'
import { onProcessor, placementOf } from '../engine/runtime/placement.ts'
import { runtime } from '#runtime'
import { openBundle } from './open.ts'
import { version } from './version.ts'
import { keepInputs, lines, tableFile, type Column } from './answers-out.ts'

export interface PredictOptions {
  /** What is written for a probability: it, its log-odds, or the likelier class. */
  emit?: 'probability' | 'logit' | 'label'
  /** `.csv`, `.tsv`, `.jsonl` or `.parquet`; JSON lines go to `stream` where it is left out. */
  out?: string
  stream?: NodeJS.WritableStream
  threads?: number
  /** Where tensors are computed. Default cpu. */
  device?: Device
  /** Warns of the operators that fall to the processor, where `device` is another. */
  verbose?: boolean
  seed?: number
  reader?: ReaderOptions
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

export interface PredictDocument {
  schema: 'interplay.predict/1'
  interplay: string
  command: 'predict'
  seed: number
  seconds: number
  warnings: { code: string; message: string }[]
  out: string | null
  rows: number
  /** Cells outside the training vocabulary, by field; each was read as unknown. */
  unseen: Record<string, number>
}

/**
 * Answers every row of a table. The result has a line a row, in order, with `row` (from 1) and a column per output (a
 * column per class where there are more than two).
 * @throws InterplayError `option/conflict` where `out` is the input, `option/invalid`, `data/*`, `run/disk-full`; then
 * what `out` held before stays
 */
export async function predict(path: string, input: string, options: PredictOptions = {}): Promise<PredictDocument> {
  const started = performance.now()
  const { emit = 'probability', out, signal, threads = 1, device, seed = 1 } = options
  keepInputs(out, [input])
  const bundle = await openBundle(path)
  const model = await readFile(bundle.modelPath)
  await using sink =
    out === undefined
      ? lines(options.stream ?? process.stdout)
      : await tableFile(out, columnNames(bundle.file.outputs, emit))
  const session = await runtime.createSession(model, { threads, device, optimization: 'all' })
  const unseen: Record<string, number> = {}
  let rows = 0
  let absent: EncodedChunk['absent'] = []
  let fallen: string | undefined
  try {
    for await (const chunk of encodeTable(bundle.file, input, { reader: options.reader, signal, chunkRows: 1 << 15 })) {
      const feeds = tableFeeds(bundle.file, chunk.table)
      const fetches = Object.fromEntries([...bundle.file.outputs.map(output => [output.name, null]), ['logits', null]])
      if (rows === 0 && options.verbose && device !== undefined && device !== 'cpu') {
        fallen = onProcessor(await placementOf(model, feeds, { threads, device, optimization: 'all' }))
      }
      const answers = await session.run(feeds, fetches)
      const columns = columnsOf(bundle.file.outputs, name => answers[name]!.data as Float32Array, emit)
      await sink.write(chunk.table.rowNumber, columns)
      for (const [field, count] of Object.entries(chunk.unseen))
        unseen[field] = count + (Object.hasOwn(unseen, field) ? unseen[field]! : 0)
      absent = chunk.absent
      rows += chunk.table.rows
      options.onProgress?.({ done: rows, total: rows })
    }
    await sink.end()
  } finally {
    await session.close()
  }
  const warnings: PredictDocument['warnings'] = [
    ...absentWarnings(absent, rows),
    ...Object.entries(unseen).map(([field, count]) => ({
      code: 'data/unseen-value',
      message: `${field}: ${count.toLocaleString('en-US')} cells with values not seen in training`,
    })),
  ]
  if (fallen !== undefined) warnings.push({ code: 'engine/placement', message: fallen })
  return {
    schema: 'interplay.predict/1',
    interplay: version,
    command: 'predict',
    seed,
    seconds: (performance.now() - started) / 1000,
    warnings,
    out: out ?? null,
    rows,
    unseen,
  }
}

const probabilityNames = (output: OutputEncoding): string[] =>
  output.classes && output.classes.length > 2 ? output.classes.map(name => `${output.name}.${name}`) : [output.name]

function columnNames(outputs: readonly OutputEncoding[], emit: string): { name: string; text: boolean }[] {
  return outputs.flatMap((output): { name: string; text: boolean }[] => {
    if (output.kind === 'value') return [{ name: output.name, text: false }]
    if (emit === 'label') return [{ name: output.name, text: true }]
    return probabilityNames(output).map(name => ({ name, text: false }))
  })
}

function columnsOf(outputs: readonly OutputEncoding[], read: (name: string) => Float32Array, emit: string): Column[] {
  let start = 0
  const width = outputs.reduce(
    (sum, output) => sum + Math.max(1, output.classes && output.classes.length > 2 ? output.classes.length : 1),
    0,
  )
  return outputs.flatMap((output): Column[] => {
    const classes = output.classes ?? []
    const own = classes.length > 2 ? classes.length : 1
    const at = start
    start += own
    const values = read(output.name)
    if (output.kind === 'value') return [{ name: output.name, value: row => values[row]! }]
    if (emit === 'label') return [{ name: output.name, value: row => classes[likelier(values, row, own)]! }]
    const logits = emit === 'logit' ? read('logits') : undefined
    return probabilityNames(output).map((name, k) => ({
      name,
      value: row => (logits ? logits[row * width + at + k]! : values[row * own + k]!),
    }))
  })
}

function likelier(values: Float32Array, row: number, width: number): number {
  if (width === 1) return values[row]! >= 0.5 ? 1 : 0
  let best = 0
  for (let k = 1; k < width; k++) if (values[row * width + k]! > values[row * width + best]!) best = k
  return best
}
