import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Dataset, DatasetFile } from './dataset.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Where fetched datasets are kept unless `INTERPLAY_DATA` says otherwise. */
export const fetchedFolder = (): string =>
  join(process.env['INTERPLAY_HOME'] ?? join(homedir(), '.cache', 'interplay'), 'datasets')

/** Folders a dataset is looked for in, in order. */
export function placesOf({ folder, packed }: Dataset): string[] {
  const given = process.env['INTERPLAY_DATA']
  const shared = [...(given ? [given] : []), join(root, '../shared/data'), fetchedFolder()]
  return [
    ...(packed
      ? [
          join(root, 'dist/assets/datasets'),
          join(root, 'node_modules/vega-datasets/data'),
          resolve('node_modules/vega-datasets/data'),
        ]
      : []),
    ...shared.map(place => join(place, folder)),
  ]
}

/** A file's path in a folder, as it is named or uncompressed; undefined where it is absent. */
export function fileIn(folder: string, name: string): string | undefined {
  return [name, name.replace(/\.gz$/, '')].map(one => join(folder, one)).find(path => existsSync(path))
}

export interface FoundFile {
  path: string
  /** Whether this is the file as its home publishes it, where the stored one is a substitute. */
  original: boolean
}

/** The file on this machine, the original before its substitute; undefined where it is absent. */
export function locateFile(dataset: Dataset, file: DatasetFile, places = placesOf(dataset)): FoundFile | undefined {
  for (const folder of places) {
    if (file.original) {
      const path = join(folder, file.original.name)
      if (existsSync(path) && md5(path) === file.original.md5) return { path, original: true }
    }
    const path = fileIn(folder, file.name)
    if (path !== undefined) return { path, original: file.original === undefined }
  }
  return undefined
}

/** The folder that holds all files of a dataset; undefined where one is absent. */
export function folderOf(dataset: Dataset): string | undefined {
  const found = dataset.files.map(file => locateFile(dataset, file))
  return found.every(file => file !== undefined) ? dirname(found[0]!.path) : undefined
}

function md5(path: string): string {
  return createHash('md5').update(readFileSync(path)).digest('hex')
}
