import { existsSync } from 'node:fs'
import {
  agrees,
  datasets,
  describeTable,
  encodingSettings,
  fetchDataset,
  locateFile,
  placesOf,
  verifyFiles,
  type Dataset,
  type DescribeOptions,
  type FileCheck,
  type LicenceClass,
  type TableDescription,
  type TableInput,
  type Warning,
} from '../data/index.ts'
import { InterplayError, suggest } from '../errors/index.ts'
import { version } from './version.ts'

interface DataDocument {
  schema: 'interplay.data/1'
  interplay: string
  command: 'data list' | 'data get' | 'data verify' | 'data show'
  seconds: number
  warnings: Warning[]
}

export interface DatasetRow {
  name: string
  title: string
  rows: number
  licence: LicenceClass
  terms: string
  home: string
  citation: string | null
  /** Whether `data get` may fetch it. */
  fetched: boolean
  /** Whether every file is on this machine. */
  present: boolean
  files: { name: string; sha256: string }[]
  target: string[]
  note: string | null
}

export interface DatasetsDocument extends DataDocument {
  rows: DatasetRow[]
}

export interface VerifiedDocument extends DataDocument {
  dataset: DatasetRow
  files: FileCheck[]
  /** Whether every file agrees with its checksum. */
  holds: boolean
}

export interface ShownDocument extends DataDocument, Omit<TableDescription, 'warnings'> {}

/** Known datasets whose name, title, home or licence has every word. */
export function listDatasets(words: readonly string[] = []): DatasetsDocument {
  const rows = datasets.map(rowOf).filter(row => {
    const text = `${row.name} ${row.title} ${row.home} ${row.licence}`.toLowerCase()
    return words.every(word => text.includes(word.toLowerCase()))
  })
  return { ...about('data list'), rows }
}

/**
 * A dataset that is on this machine, checked; else, where its terms allow it and `yes` says so, fetched from its home.
 * @throws InterplayError `data/not-found`, `data/not-shipped`, `data/network`, `gate/checksum`
 */
export async function getDataset(
  name: string,
  options: { yes?: boolean; out?: string; signal?: AbortSignal; onProgress?: (bytes: number) => void },
): Promise<VerifiedDocument | DatasetsDocument> {
  const started = performance.now()
  const dataset = datasetNamed(name)
  const row = rowOf(dataset)
  if (row.present && options.out === undefined) {
    const folder = placesOf(dataset).find(place => dataset.files.every(file => locateFile(dataset, file, [place])))
    const files = await verifyFiles(dataset, folder!, options.signal)
    return verified('data get', row, files, started)
  }
  if (row.fetched && !options.yes) return { ...about('data get'), rows: [row] }
  const files = await fetchDataset(dataset, {
    to: options.out,
    signal: options.signal,
    onProgress: ({ bytes }) => options.onProgress?.(bytes),
  })
  return verified('data get', { ...row, present: true }, files, started)
}

/**
 * Compares a folder with the checksums of a dataset.
 * @throws InterplayError `data/not-found`
 */
export async function verifyDataset(name: string, folder: string, signal?: AbortSignal): Promise<VerifiedDocument> {
  const started = performance.now()
  const dataset = datasetNamed(name)
  if (!existsSync(folder)) throw new InterplayError('data/not-found', `no folder '${folder}'`)
  return verified('data verify', rowOf(dataset), await verifyFiles(dataset, folder, signal), started)
}

/** The schema of a table as `fit` would read it. */
export async function showTable(
  input: TableInput,
  { encoding, ...options }: DescribeOptions & { encoding?: Record<string, unknown> },
): Promise<ShownDocument> {
  const started = performance.now()
  const description = await describeTable(input, { ...options, ...encodingSettings(encoding) })
  return { ...about('data show'), ...description, seconds: (performance.now() - started) / 1000 }
}

const about = <Command extends DataDocument['command']>(command: Command) => ({
  schema: 'interplay.data/1' as const,
  interplay: version,
  command,
  seconds: 0,
  warnings: [],
})

const verified = (
  command: 'data get' | 'data verify',
  dataset: DatasetRow,
  files: FileCheck[],
  started: number,
): VerifiedDocument => ({
  ...about(command),
  seconds: (performance.now() - started) / 1000,
  dataset,
  files,
  holds: files.every(({ state }) => agrees(state)),
})

function rowOf(dataset: Dataset): DatasetRow {
  const { name, title, rows, licence, terms, home, citation, files, recipe, note } = dataset
  return {
    name,
    title,
    rows,
    licence,
    terms,
    home,
    citation: citation ?? null,
    fetched: files.every(file => file.url !== undefined),
    present: files.every(file => locateFile(dataset, file) !== undefined),
    files: files.map(({ name, sha256 }) => ({ name, sha256 })),
    target: recipe?.options.target ?? [],
    note: note ?? null,
  }
}

function datasetNamed(name: string): Dataset {
  const wanted = name.replace(/^data:/, '')
  const found = datasets.find(dataset => dataset.name === wanted)
  if (found) return found
  const near = suggest(
    wanted,
    datasets.map(dataset => dataset.name),
  )
  throw new InterplayError('data/not-found', `no dataset '${wanted}'`, {
    why: near.length > 0 ? `nearest: ${near.join(', ')}` : undefined,
    try: 'interplay data list',
  })
}
