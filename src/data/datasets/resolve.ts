import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { InterplayError, suggest } from '../../errors/index.ts'
import type { TableInput } from '../table/open.ts'
import { worldFile } from '../worlds/file.ts'
import { isTableWorld, worldNamed } from '../worlds/index.ts'
import { datasets } from './catalogue.ts'
import type { Dataset, Recipe } from './dataset.ts'
import { locateFile, placesOf } from './locate.ts'
import { relativePath } from '../table/readers/input-file.ts'
import { literal } from '../table/sql.ts'

export type { Recipe } from './dataset.ts'

export interface ResolvedInput {
  name: string
  /** A path or other table input, or the files of its splits. */
  input: TableInput
  dataset?: Dataset
  recipe?: Recipe
  /** The files that a dataset's query reads. */
  sources?: string[]
  notes: string[]
}

/**
 * What an input names: `data:name`, `world:name` (drawn from `seed`), else an existing path, else a dataset of that name.
 * @throws InterplayError `data/not-found` with the nearest names, `data/not-shipped` when a dataset's files are not here,
 * `usage/wrong-task` for a world that is no table
 */
export function resolveInput(input: TableInput, seed = 1): ResolvedInput {
  if (typeof input !== 'string') return { name: basename(input.train), input, notes: [] }
  if (input === '-' || /^(sql:|postgres(ql)?:\/\/)/.test(input))
    return { name: input === '-' ? 'standard input' : input, input, notes: [] }
  if (input.startsWith('world:')) return drawn(input, seed)
  const named = input.startsWith('data:')
  if (!named && existsSync(input)) return { name: basename(input), input, notes: [] }
  const name = named ? input.slice(5) : input
  const dataset = datasets.find(dataset => dataset.name === name)
  if (dataset) return located(dataset)
  if (!named) return { name: basename(input), input, notes: [] }
  const near = suggest(
    name,
    datasets.map(dataset => dataset.name),
  )
  throw new InterplayError('data/not-found', `no dataset '${name}'`, {
    why: near.length > 0 ? `nearest: ${near.join(', ')}` : undefined,
    try: 'interplay data list',
  })
}

function drawn(input: string, seed: number): ResolvedInput {
  const world = worldNamed(input)
  if (!isTableWorld(world)) {
    throw new InterplayError('usage/wrong-task', `${input} is made for ${world.task} systems, not for tables`, {
      try: `interplay systems --task '${world.task}'`,
    })
  }
  return { name: world.name, input: worldFile(world, { seed }), recipe: { options: world.recipe }, notes: [] }
}

function located(dataset: Dataset): ResolvedInput {
  const notes = new Set<string>()
  if (dataset.note !== undefined && !dataset.files.some(file => file.original)) notes.add(dataset.note)
  const path = (name: string | undefined): string | undefined => {
    if (name === undefined) return undefined
    const file = dataset.files.find(file => file.name === name)!
    const found = locateFile(dataset, file)
    if (!found) throw notHere(dataset)
    if (file.original && !found.original && dataset.note) notes.add(dataset.note)
    return found.path
  }
  const { table } = dataset
  const resolved = { name: dataset.name, dataset, recipe: dataset.recipe }
  if (typeof table === 'object' && 'query' in table) {
    const sources = dataset.files.map(file => path(file.name)!)
    const query = table.query(file => literal(relativePath(path(file)!)))
    return {
      ...resolved,
      input: `sql:${query.replace(/\s+/g, ' ').trim()}`,
      sources,
      notes: [...notes],
    }
  }
  const input =
    typeof table === 'string'
      ? path(table)!
      : { train: path(table.train)!, valid: path(table.valid), test: path(table.test) }
  return { ...resolved, input, notes: [...notes] }
}

/** What a user is told whose machine lacks a dataset: its home, and how to check what comes from there. */
export function notHere(dataset: Dataset): InterplayError {
  const fetchable = dataset.files.every(file => file.url !== undefined)
  const free = dataset.licence === 'shipped' || dataset.licence === 'open'
  const what = free ? `${dataset.name} is not on this machine` : `${dataset.name} may not be shipped`
  return new InterplayError('data/not-shipped', `${what}; get it from its home, then verify it`, {
    where: `home: ${dataset.home}`,
    why: `looked for ${dataset.folder} in INTERPLAY_DATA`,
    try: fetchable ? `interplay data get ${dataset.name} --yes` : `interplay data verify ${dataset.name} DIR`,
    details: { home: dataset.home, files: dataset.files.map(file => file.name), places: placesOf(dataset).length },
  })
}
