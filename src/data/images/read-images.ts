import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, sep } from 'node:path'
import { InterplayError, suggest } from '../../errors/index.ts'
import { requireColumn, textRows, type TextRows } from '../table/text-rows.ts'
import type { Labels } from '../items.ts'
import type { ConceptImages, ConceptRegion } from './concepts.ts'
import { decodePng, isPng, type Picture } from './decode-png.ts'
import type { Images } from './images.ts'
import { boxOf } from './regions.ts'

/** What was kept of the images that were learned from. */
export interface KnownImages {
  channels: number
  concepts?: readonly string[]
}

export interface ReadImagesOptions {
  inputs: Readonly<Record<string, string>>
  /** A column of the table of labels or concepts; without one, the folder that holds an image is its class. */
  target?: string
  known?: Readonly<Record<string, unknown>>
  signal?: AbortSignal
}

/**
 * Images of a folder and the folders in it, or of one file, all of one size. Their classes are the folders that hold them
 * or, with a target, a column of the table `labels`, whose first column names files as within the folder.
 *
 * @throws InterplayError `data/not-found`, `data/empty`, `data/format`, `data/corrupt`, `data/shape`, `data/conflict`,
 *   `data/unknown-field`, `data/role-missing`, and what reading tables throws
 */
export async function readImages(options: ReadImagesOptions): Promise<Images> {
  const { inputs, target, known, signal } = options
  const images = await readFolder(inputs.images!, known as KnownImages | undefined, signal)
  if (inputs.labels === undefined) {
    if (target !== undefined)
      throw new InterplayError('data/role-missing', `the target '${target}' needs a table of labels`, {
        try: 'labels=FILE',
      })
    return { ...images, labels: folderLabels(images.names) }
  }
  const table = await rowsOfImages(inputs.labels, images.names, inputs.images!, signal)
  if (target === undefined)
    throw new InterplayError('data/target-missing', 'no target given', {
      why: `columns of '${inputs.labels}': ${table.columns.slice(1, 11).join(', ')}`,
    })
  return { ...images, labels: columnLabels(table, target) }
}

/**
 * As `readImages`, with a table `concepts` whose first column names files, whose target is their class and whose other
 * columns say by 1 and 0 what each image shows; and a table `regions` of boxes in pixels, where it shows them: `image`,
 * `concept`, `left`, `top`, `width` and `height`.
 *
 * @throws InterplayError as `readImages`; `data/concepts` for another value, `data/region` for a box that is none
 */
export async function readConceptImages(options: ReadImagesOptions): Promise<ConceptImages> {
  const { inputs, target, signal } = options
  const known = options.known as KnownImages | undefined
  const images = await readFolder(inputs.images!, known, signal)
  if (inputs.concepts === undefined) return { ...images, labels: folderLabels(images.names) }
  const table = await rowsOfImages(inputs.concepts, images.names, inputs.images!, signal)
  const label = known && target !== undefined && !table.columns.includes(target) ? undefined : target
  const labels = label === undefined ? folderLabels(images.names) : columnLabels(table, label)
  const names = known?.concepts ?? table.columns.slice(1).filter(name => name !== label)
  for (const name of names) requireColumn(table, name, `the concepts of the model`)
  const values = new Uint8Array(images.count * names.length)
  table.ofImage.forEach((row, image) =>
    names.forEach((name, c) => (values[image * names.length + c] = shownBy(table, row, name))),
  )
  const concepts = { names, values }
  const regions =
    inputs.regions === undefined ? undefined : await regionsOf(inputs.regions, images.names, names, signal)
  return { ...images, ...(labels && { labels }), concepts, ...(regions && { regions }) }
}

type NamedImages = Images & { names: readonly string[] }

async function readFolder(path: string, known: KnownImages | undefined, signal?: AbortSignal): Promise<NamedImages> {
  const names = await filesOf(path)
  const folder = names.length === 1 && names[0] === basename(path) ? dirname(path) : path
  const pictures: Picture[] = []
  for (const name of names) {
    signal?.throwIfAborted()
    pictures.push(await readPicture(join(folder, name)))
  }
  const [first] = pictures
  if (!first) throw new InterplayError('data/empty', `there is no image in '${path}'`, { why: 'PNG files are read' })
  const { height, width } = first
  const other = pictures.findIndex(picture => picture.height !== height || picture.width !== width)
  if (other >= 0)
    throw new InterplayError(
      'data/shape',
      `'${names[other]}' is ${pictures[other]!.height} x ${pictures[other]!.width}, '${names[0]}' ${height} x ${width}`,
      { where: path, try: 'resize the images to one height and width' },
    )
  const channels = known?.channels ?? Math.max(...pictures.map(picture => picture.channels))
  const area = height * width
  const pixels = new Uint8Array(pictures.length * channels * area)
  pictures.forEach((picture, image) => {
    if (picture.channels > channels)
      throw new InterplayError('data/shape', `'${names[image]}' is coloured, the model looks at grey images`, {
        where: path,
      })
    for (let c = 0; c < channels; c++) {
      const from = Math.min(c, picture.channels - 1) * area
      pixels.set(picture.pixels.subarray(from, from + area), (image * channels + c) * area)
    }
  })
  return { count: pictures.length, channels, height, width, pixels, names }
}

const pictured = new Set(['.png', '.jpg', '.jpeg', '.gif', '.bmp', '.webp', '.tif', '.tiff'])

/** Names of the images within a folder, in order; of a file its own. */
async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new InterplayError('data/not-found', `no file or folder '${path}'`)
  if (!found.isDirectory()) return [basename(path)]
  const all = await readdir(path, { recursive: true })
  return all
    .filter(name => pictured.has(extname(name).toLowerCase()))
    .map(name => name.split(sep).join('/'))
    .sort()
}

async function readPicture(path: string): Promise<Picture> {
  const bytes = await readFile(path)
  const kind = extname(path).slice(1).toLowerCase()
  if (kind !== 'png' && !isPng(bytes))
    throw new InterplayError('data/format', `'${path}' is no PNG file; other images are not read here`, {
      try: 'save the images as PNG files',
    })
  return decodePng(bytes, path)
}

function folderLabels(names: readonly string[]): Labels | undefined {
  const folders = names.map(name => dirname(name))
  if (folders.every(folder => folder === '.')) return undefined
  const classes = [...new Set(folders.filter(folder => folder !== '.'))].sort()
  return { name: 'folder', classes, values: Int32Array.from(folders, folder => classes.indexOf(folder)) }
}

type ImageRows = TextRows & { ofImage: Int32Array }

/** A table with the row of each image. */
async function rowsOfImages(
  path: string,
  names: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<ImageRows> {
  const table = await textRows(path, 2, signal)
  const places = new Map(names.map((name, image) => [name, image]))
  const ofImage = new Int32Array(names.length).fill(-1)
  table.rows.forEach((row, r) => {
    const name = row[table.columns[0]!] ?? ''
    const image = imageOf(name, places, `'${path}' row ${r + 1}`, folder)
    if (ofImage[image]! >= 0)
      throw new InterplayError('data/conflict', `'${path}' names '${name}' in rows ${ofImage[image]! + 1} and ${r + 1}`)
    ofImage[image] = r
  })
  const bare = names.filter((_, image) => ofImage[image]! < 0)
  if (bare.length === 0) return { ...table, ofImage }
  const more = bare.length > 1 ? ` and ${bare.length - 1} more` : ''
  throw new InterplayError('data/not-found', `'${path}' has no row of '${bare[0]}'${more}`, {
    why: `every image of '${folder}' needs one`,
  })
}

function imageOf(name: string, places: ReadonlyMap<string, number>, where: string, folder: string): number {
  const image = places.get(name)
  if (image !== undefined) return image
  const near = suggest(name, [...places.keys()])
  throw new InterplayError('data/not-found', `${where}: there is no image '${name}'`, {
    where: folder,
    why: near.length > 0 ? `nearest: ${near.join(', ')}` : undefined,
  })
}

function columnLabels(table: ImageRows, target: string): Labels {
  requireColumn(table, target, `--target ${target}`)
  const told = Array.from(table.ofImage, row => table.rows[row]![target] ?? null)
  const classes = [...new Set(told.filter(value => value !== null))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  return {
    name: target,
    classes,
    values: Int32Array.from(told, value => (value === null ? -1 : classes.indexOf(value))),
  }
}

function shownBy({ path, rows }: TextRows, row: number, name: string): number {
  const value = rows[row]![name]
  const number = value === null || value === undefined ? NaN : Number(value)
  if (number === 0 || number === 1) return number
  throw new InterplayError(
    'data/concepts',
    `'${path}' row ${row + 1}, column '${name}': ${value === null ? 'nothing' : `'${value}'`} is neither 0 nor 1`,
    { why: 'every column but the first and the target is a concept', try: 'leave out columns that are no concepts' },
  )
}

const edges = ['left', 'top', 'width', 'height'] as const

async function regionsOf(
  path: string,
  names: readonly string[],
  concepts: readonly string[],
  signal?: AbortSignal,
): Promise<ConceptRegion[]> {
  const table = await textRows(path, 6, signal)
  for (const column of ['image', 'concept', ...edges]) requireColumn(table, column, 'regions')
  const places = new Map(names.map((name, image) => [name, image]))
  return table.rows.map((row, r) => {
    const where = `'${path}' row ${r + 1}`
    const image = imageOf(row.image ?? '', places, where, path)
    const concept = concepts.indexOf(row.concept ?? '')
    if (concept < 0)
      throw new InterplayError('data/region', `${where}: there is no concept '${row.concept ?? ''}'`, {
        why: `concepts: ${concepts.join(', ')}`,
      })
    const [left, top, width, height] = edges.map(edge => {
      const value = Number(row[edge] ?? NaN)
      if (Number.isFinite(value)) return value
      throw new InterplayError('data/region', `${where}, column '${edge}': '${row[edge] ?? ''}' is no number of pixels`)
    }) as [number, number, number, number]
    return { image, concept, polygon: boxOf(left, top, width, height) }
  })
}
