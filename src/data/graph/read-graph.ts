import { InterplayError, suggest } from '../../errors/index.ts'
import { textRows, type TextRows } from '../table/text-rows.ts'
import type { Graph } from './graph.ts'

/** What was kept of the graph that was learned from: new nodes get the same ids of categories and no label. */
export interface KnownGraph {
  target: string
  values?: readonly string[]
}

/**
 * A graph of two tables. In `features` the first column names the node and every other is a category of it; a node may
 * have one row or several, whose categories are put together. In `edges` the first two columns name the ends of an edge
 * and a third, `weight`, its weight; a first line of two nodes or two numbers is an edge and no header. Edges are directed where more than a
 * tenth, but not all, are listed in both directions. `target` is
 * a column of `features`, empty where unknown.
 * @throws InterplayError `data/role-missing`, `data/columns`, `data/unknown-field`, `data/unknown-node`, `data/conflict`, `data/not-finite`, and what reading tables throws
 */
export async function readGraph({
  inputs,
  purpose,
  target,
  known,
  signal,
}: {
  inputs: Readonly<Record<string, string>>
  purpose: 'fit' | 'predict'
  target?: string
  known?: Readonly<Record<string, unknown>>
  signal?: AbortSignal
}): Promise<Graph> {
  const { features: featuresPath, edges: edgesPath } = inputs
  if (edgesPath === undefined) {
    throw new InterplayError('data/role-missing', "a graph needs an input 'edges'", { try: 'edges=FILE' })
  }
  const learned = known as KnownGraph | undefined
  const features = await textRows(featuresPath!, 2, signal)
  const label = learned?.target ?? target
  if (purpose === 'fit') checkTarget(features, label)
  const nodeColumn = features.columns[0]!
  const names: string[] = []
  const places = new Map<string, number>()
  features.rows.forEach((row, i) => {
    const name = row[nodeColumn]
    if (name === null) throw new InterplayError('data/columns', `'${features.path}' row ${i + 1} names no node`)
    if (!places.has(name!)) places.set(name!, names.push(name!) - 1)
  })
  return {
    nodes: names.length,
    names,
    categories: categoriesOf(features, places, label, learned?.values),
    edges: edgesOf(edgeRows(await textRows(edgesPath, 2, signal), places), places, features.path),
    ...(label !== undefined && features.columns.includes(label) ? { labels: labelsOf(features, places, label) } : {}),
  }
}

function checkTarget({ path, columns }: TextRows, target: string | undefined): void {
  const others = columns.slice(1)
  if (target === undefined) {
    throw new InterplayError('data/target-missing', 'no target given', {
      why: `columns of '${path}': ${others.slice(0, 10).join(', ')}`,
      try: `-t ${others.at(-1)}`,
    })
  }
  if (others.includes(target)) return
  const near = suggest(target, others)
  throw new InterplayError('data/unknown-field', `${path} has no field '${target}'`, {
    why: near.length > 0 ? `nearest: ${near.join(', ')}` : `fields: ${others.slice(0, 10).join(', ')}`,
  })
}

function categoriesOf(
  { columns, rows }: TextRows,
  places: ReadonlyMap<string, number>,
  label: string | undefined,
  learned?: readonly string[],
): NonNullable<Graph['categories']> {
  const [node, ...others] = columns as [string, ...string[]]
  const fields = others.filter(name => name !== label)
  const values = learned ? [...learned] : ['']
  const ids = new Map(values.map((value, id) => [value, id]))
  const bags = Array.from(places, () => new Set<number>())
  for (const row of rows) {
    const bag = bags[places.get(row[node]!)!]!
    for (const field of fields) {
      const value = row[field]
      if (value === null || value === undefined) continue
      const word = `${field}=${value}`
      if (!ids.has(word) && !learned) ids.set(word, values.push(word) - 1)
      const id = ids.get(word)
      if (id !== undefined) bag.add(id)
    }
  }
  const slots = Math.max(1, ...bags.map(bag => bag.size))
  const filled = new Int32Array(bags.length * slots)
  bags.forEach((bag, at) => filled.set([...bag], at * slots))
  return { ids: filled, slots, size: values.length, values }
}

/** A header that is an edge itself is read as one; what stands third in such a list is the weight. */
function edgeRows({ path, columns, rows }: TextRows, places: ReadonlyMap<string, number>): TextRows {
  const [from, to, third] = columns as [string, string, string?]
  const number = (name: string) => name.trim() !== '' && Number.isFinite(Number(name))
  if (![from, to].every(name => places.has(name)) && ![from, to].every(number)) return { path, columns, rows }
  const first = Object.fromEntries(columns.map(name => [name, name]))
  const all = [first, ...rows]
  if (third === undefined || !number(third)) return { path, columns, rows: all }
  return { path, columns: [from, to, 'weight'], rows: all.map(row => ({ ...row, weight: row[third]! })) }
}

function edgesOf(
  { path, columns, rows }: TextRows,
  places: ReadonlyMap<string, number>,
  features: string,
): Graph['edges'] {
  const [from, to] = columns as [string, string]
  const strangers = new Set<string>()
  const end = (name: string | null | undefined): number => {
    const place = places.get(name ?? '')
    if (place === undefined) strangers.add(name ?? '')
    return place ?? -1
  }
  const source = Int32Array.from(rows, row => end(row[from]))
  const target = Int32Array.from(rows, row => end(row[to]))
  if (strangers.size > 0) {
    const listed = [...strangers].slice(0, 5).map(name => `'${name}'`)
    const more = strangers.size > listed.length ? ` and ${strangers.size - listed.length} more` : ''
    throw new InterplayError(
      'data/unknown-node',
      `'${path}' has edges to ${listed.join(', ')}${more}, not among the nodes of '${features}'`,
      { try: `add their rows to '${features}'`, details: { nodes: [...strangers].slice(0, 1000) } },
    )
  }
  const weighted = columns.includes('weight')
  const weight = weighted ? Float32Array.from(rows, row => Number(row.weight ?? Number.NaN)) : undefined
  const broken = weight?.findIndex(value => !(value > 0 && Number.isFinite(value))) ?? -1
  if (broken >= 0) {
    throw new InterplayError(
      'data/not-finite',
      `'${path}' row ${broken + 1}: weight '${rows[broken]!.weight}' is not above 0`,
    )
  }
  return { source, target, ...(weight ? { weight } : {}), directed: isDirected(source, target, places.size) }
}

/** An undirected list may name a few edges twice, in both directions; one with more of them means directions. */
const fewMutual = 0.1

function isDirected(source: Int32Array, target: Int32Array, nodes: number): boolean {
  const listed = new Set<number>()
  source.forEach((node, edge) => listed.add(node * nodes + target[edge]!))
  let both = 0
  let single = 0
  for (const key of listed) {
    const [from, to] = [Math.floor(key / nodes), key % nodes]
    if (from === to) continue
    if (listed.has(to * nodes + from)) both++
    else single++
  }
  return single > 0 && both / (both + single) > fewMutual
}

function labelsOf({ path, columns, rows }: TextRows, places: ReadonlyMap<string, number>, label: string) {
  const found = new Map<number, string>()
  for (const row of rows) {
    const value = row[label]
    if (value === null || value === undefined) continue
    const node = places.get(row[columns[0]!]!)!
    const earlier = found.get(node)
    if (earlier !== undefined && earlier !== value) {
      throw new InterplayError(
        'data/conflict',
        `'${path}': node '${row[columns[0]!]}' has '${label}' ${earlier} and ${value}`,
      )
    }
    found.set(node, value)
  }
  const classes = [...new Set(found.values())].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const values = Int32Array.from(places.values(), node => (found.has(node) ? classes.indexOf(found.get(node)!) : -1))
  return { name: label, classes, values }
}
