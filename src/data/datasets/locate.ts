import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Dataset, DatasetFile } from './dataset.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Folders a dataset is looked for in, in order. */
export function placesOf(dataset: Dataset): string[] {
  if (dataset.folder === undefined) {
    return [
      join(root, 'dist/assets/datasets'),
      join(root, 'node_modules/vega-datasets/data'),
      resolve('node_modules/vega-datasets/data'),
    ]
  }
  const given = process.env['INTERPLAY_DATA']
  return [...(given ? [given] : []), join(root, '../shared/data')].map(folder => join(folder, dataset.folder!))
}

export interface FoundFile {
  path: string
  /** Whether this is the file as its home publishes it, where the stored one is a substitute. */
  original: boolean
}

/** The file on this machine, the original before its substitute; undefined where it is absent. */
export function locateFile(dataset: Dataset, file: DatasetFile): FoundFile | undefined {
  for (const folder of placesOf(dataset)) {
    if (file.original) {
      const path = join(folder, file.original.name)
      if (existsSync(path) && md5(path) === file.original.md5) return { path, original: true }
    }
    const path = join(folder, file.name)
    if (existsSync(path)) return { path, original: file.original === undefined }
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
