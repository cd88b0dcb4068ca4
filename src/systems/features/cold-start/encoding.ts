import type { EncodedTable, Entities } from '../../../data/index.ts'
import type { FieldSpec, TableSpec } from '../../../nn/index.ts'
import type { Groups } from './model.ts'

/** How one attribute becomes a field: its values, or the edges between its ranges of numbers. */
export interface AttributeCoding {
  name: string
  values: readonly string[]
  edges?: readonly number[]
  /** Places of a list of values; absent where every entity has one at most. */
  length?: number
}

/** How users or items become ids. */
export interface SideCoding {
  /** Names that have an id of their own: those of the training events. */
  ids: readonly string[]
  attributes: readonly AttributeCoding[]
}

export interface Coding {
  user: SideCoding
  item: SideCoding
  /** Last choices that are read. */
  history: number
  useContext: boolean
}

/** Encoded fields of some users or items: the id first, then what has one value, then lists. */
export interface EncodedSide {
  /** [entities, categorical fields] local ids. */
  categorical: Int32Array
  width: number
  /** Per list, [entities, length] local ids. */
  lists: { field: string; length: number; ids: Int32Array }[]
}

/** Hour, weekday and recent activity of a moment, as ids. */
export type Moment = readonly [hour: number, weekday: number, activity: number]

/** Numbers of more values than this are read by the range they lie in. */
const mostValues = 20
const ranges = 8
const contextFields = [
  { name: 'hour', size: 24 },
  { name: 'weekday', size: 7 },
  { name: 'activity', size: 4 },
]
const day = 86_400

/** Vocabularies of the entities that teach. */
export function codingOf(entities: Entities, taught: readonly number[]): SideCoding {
  return {
    ids: taught.map(at => entities.names[at]!),
    attributes: entities.attributes.map(({ name, values }) => {
      const lists = taught.map(at => values[at]!)
      const length = Math.max(1, ...values.map(list => list.length))
      const seen = [...new Set(lists.flat())].sort()
      const numbers = length === 1 && seen.length > mostValues && seen.every(value => Number.isFinite(Number(value)))
      if (!numbers) return { name, values: seen, ...(length > 1 ? { length } : {}) }
      const sorted = lists
        .flat()
        .map(Number)
        .sort((a, b) => a - b)
      const edges = Array.from(
        { length: ranges - 1 },
        (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / ranges)]!,
      )
      const distinct = [...new Set(edges)]
      return { name, edges: distinct, values: Array.from({ length: distinct.length + 1 }, (_, i) => `${i}`) }
    }),
  }
}

/** Ids of one value more than the vocabulary: padding is 0, the last one is unknown, or a cold id. */
const sizeOf = (values: readonly unknown[]): number => values.length + 2

export function encodeSide(entities: Entities, coding: SideCoding, side: 'user' | 'item'): EncodedSide {
  const single = coding.attributes.filter(({ length }) => length === undefined)
  const width = 1 + single.length
  const categorical = new Int32Array(entities.names.length * width)
  const places = idsOf(coding.ids)
  entities.names.forEach((name, i) => (categorical[i * width] = places(name)))
  const valuesOf = (name: string) => entities.attributes.find(each => each.name === name)?.values
  single.forEach((attribute, k) => {
    const code = idsOf(attribute.values)
    const values = valuesOf(attribute.name)
    for (let i = 0; i < entities.names.length; i++)
      categorical[i * width + 1 + k] = code(tokenOf(values?.[i]?.[0], attribute.edges))
  })
  const lists = coding.attributes.flatMap(({ name, values: known, length }) => {
    if (length === undefined) return []
    const code = idsOf(known)
    const values = valuesOf(name)
    const ids = new Int32Array(entities.names.length * length)
    for (let i = 0; i < entities.names.length; i++)
      values?.[i]?.slice(0, length).forEach((value, k) => (ids[i * length + k] = code(value)))
    return [{ field: `${side}.${name}`, length, ids }]
  })
  return { categorical, width, lists }
}

const idsOf = (values: readonly string[]) => {
  const places = new Map(values.map((value, i) => [value, i + 1]))
  return (value: string | undefined): number => places.get(value ?? '') ?? values.length + 1
}

function tokenOf(value: string | undefined, edges: readonly number[] | undefined): string | undefined {
  if (value === undefined || !edges) return value
  const number = Number(value)
  return Number.isFinite(number) ? `${edges.filter(edge => number >= edge).length}` : undefined
}

/** The fields of a row, and which side each belongs to. */
export function specOf({ user, item, history, useContext }: Coding, rows: number): { spec: TableSpec; groups: Groups } {
  const single = (side: string, { ids, attributes }: SideCoding): FieldSpec[] => [
    { name: `${side}.id`, type: 'categorical', size: sizeOf(ids) },
    ...attributes.flatMap(({ name, values, length }): FieldSpec[] =>
      length === undefined ? [{ name: `${side}.${name}`, type: 'categorical', size: sizeOf(values) }] : [],
    ),
  ]
  const lists = (side: string, { attributes }: SideCoding): FieldSpec[] =>
    attributes.flatMap(({ name, values, length }): FieldSpec[] =>
      length === undefined ? [] : [{ name: `${side}.${name}`, type: 'sequence', size: sizeOf(values), length }],
    )
  const shown: FieldSpec[] =
    history > 0 ? [{ name: 'user.history', type: 'sequence', size: sizeOf(item.ids), length: history }] : []
  const context = useContext
    ? contextFields.map(({ name, size }): FieldSpec => ({
        name: `context.${name}`,
        type: 'categorical',
        size: size + 2,
      }))
    : []
  const fields = [
    ...single('user', user),
    ...single('item', item),
    ...context,
    ...shown,
    ...lists('user', user),
    ...lists('item', item),
  ]
  const of = (side: string) => fields.map(({ name }) => name).filter(name => name.startsWith(`${side}.`))
  return {
    spec: { fields, targets: [{ name: 'chosen', kind: 'binary', classes: ['no', 'yes'] }], rows },
    groups: { user: of('user'), item: of('item'), context: of('context') },
  }
}

/** A moment as the context fields have it, after choices at these times: UTC hours, choices of the day before. */
export function momentOf(time: number, earlier: Iterable<number>): Moment {
  let recent = 0
  for (const each of earlier) if (each < time && each >= time - day) recent++
  const activity = recent === 0 ? 1 : recent < 5 ? 2 : recent < 20 ? 3 : 4
  return [1 + (Math.floor(time / 3600) % 24), 1 + ((Math.floor(time / day) + 4) % 7), activity]
}

/** A moment of which nothing is known. */
export const unknownMoment: Moment = contextFields.map(({ size }) => size + 1) as unknown as Moment

/** One row before it is written: indices of encoded entities. */
export interface Row {
  user: number
  item: number
  moment: Moment
  /** Local ids of the last choices, latest first. */
  history: readonly number[]
}

/** Writes rows of encoded users and items. */
export class RowWriter {
  readonly spec: TableSpec
  readonly groups: Groups
  private readonly starts: readonly number[]

  constructor(
    private readonly coding: Coding,
    private readonly users: EncodedSide,
    private readonly items: EncodedSide,
  ) {
    const { spec, groups } = specOf(coding, 0)
    this.spec = spec
    this.groups = groups
    let start = 0
    this.starts = this.spec.fields
      .filter(field => field.type === 'categorical')
      .map(({ size }) => {
        const own = start
        start += size
        return own
      })
  }

  /** Local id of an item among those whose choices are read. */
  itemId(item: number): number {
    return this.items.categorical[item * this.items.width]!
  }

  write(rows: readonly Row[], labels?: Float32Array): EncodedTable {
    const { users, items, starts, coding } = this
    const columns = starts.length
    const categorical = new Int32Array(rows.length * columns)
    rows.forEach(({ user, item, moment }, r) => {
      let column = 0
      const put = (id: number) => (categorical[r * columns + column] = starts[column++]! + id)
      for (let k = 0; k < users.width; k++) put(users.categorical[user * users.width + k]!)
      for (let k = 0; k < items.width; k++) put(items.categorical[item * items.width + k]!)
      if (coding.useContext) moment.forEach(put)
    })
    const history = new Int32Array(rows.length * coding.history)
    rows.forEach((row, r) => history.set(row.history.slice(0, coding.history), r * coding.history))
    const copied = ({ lists }: EncodedSide, at: (row: Row) => number) =>
      lists.map(({ field, length, ids }) => {
        const own = new Int32Array(rows.length * length)
        rows.forEach((row, r) => own.set(ids.subarray(at(row) * length, (at(row) + 1) * length), r * length))
        return { field, length, ids: own }
      })
    return {
      rows: rows.length,
      categorical,
      numeric: new Float32Array(),
      sequences: [
        ...(coding.history > 0 ? [{ field: 'user.history', length: coding.history, ids: history }] : []),
        ...copied(users, row => row.user),
        ...copied(items, row => row.item),
      ],
      targets: labels ? [labels] : [],
      rowNumber: Int32Array.from(rows, (_, r) => r + 1),
    }
  }

  /** Makes a field unknown in some rows: a cold id, a missing attribute, no history. */
  hide(table: EncodedTable, field: string, hidden: (row: number) => boolean): void {
    const column = this.spec.fields.filter(each => each.type === 'categorical').findIndex(each => each.name === field)
    const columns = this.starts.length
    if (column >= 0) {
      const unknown = this.starts[column]! + this.spec.fields.find(each => each.name === field)!.size - 1
      for (let r = 0; r < table.rows; r++) if (hidden(r)) table.categorical[r * columns + column] = unknown
      return
    }
    const list = table.sequences.find(each => each.field === field)!
    for (let r = 0; r < table.rows; r++) if (hidden(r)) list.ids.fill(0, r * list.length, (r + 1) * list.length)
  }
}
