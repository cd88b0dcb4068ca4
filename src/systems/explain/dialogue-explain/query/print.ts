import type { Change, Filter, Program, Query } from './schema.ts'

/** Words of the language that a bare name may not be. */
export const reserved = new Set(
  'where against top by to keeping set raise lower and or not row predicted actual wrong right then of model data'.split(
    ' ',
  ),
)

/** A name bare where it reads back as one, else in double quotes. */
export const printName = (name: string): string =>
  /^[A-Za-z_][\w.-]*$/.test(name) && !reserved.has(name) ? name : JSON.stringify(name)

const printValue = (value: string | number): string => (typeof value === 'number' ? String(value) : printName(value))

export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'compare':
      return `${printName(filter.field)} ${filter.operator} ${printValue(filter.value)}`
    case 'row':
      return `row = ${filter.row}`
    case 'predicted':
    case 'actual':
      return `${filter.kind} = ${printValue(filter.class)}`
    case 'wrong':
    case 'right':
      return filter.kind
    case 'not':
      return `not ${printFilter(filter.of)}`
    default:
      return `(${filter.of.map(printFilter).join(filter.kind === 'all' ? ' and ' : ' or ')})`
  }
}

const printChange = (change: Change): string =>
  change.kind === 'set'
    ? `set ${printName(change.field)} = ${printValue(change.value)}`
    : `${change.kind} ${printName(change.field)} by ${change.by}${change.percent ? '%' : ''}`

/** Changes of one kind share its word: `set a = 1, b = 2`. */
const printChanges = (changes: readonly Change[]): string =>
  changes
    .map((change, k) => {
      const text = printChange(change)
      return change.kind === changes[k - 1]?.kind ? text.slice(change.kind.length + 1) : text
    })
    .join(', ')

/** What stands between the operation and its clauses. */
function printArguments(query: Query): string | undefined {
  switch (query.operation) {
    case 'importance':
      return query.field && printName(query.field)
    case 'effect':
      return printName(query.field)
    case 'interactions':
      return query.fields?.map(printName).join(', ')
    case 'lens':
      return `${printName(query.name)}${query.of ? ` of ${query.of.map(printName).join(', ')}` : ''}`
    case 'score':
      return query.metric && (/\s/.test(query.metric) ? JSON.stringify(query.metric) : query.metric)
    case 'statistic':
      return `${query.figure} ${printName(query.field)}`
    case 'whatif':
      return printChanges(query.changes)
    case 'flip':
      return query.keeping && `keeping ${query.keeping.map(printName).join(', ')}`
    case 'failures':
      return query.by && `by ${printName(query.by)}`
    case 'describe':
      return typeof query.of === 'string' ? query.of : printName(query.of.field)
    default:
      return undefined
  }
}

/** The text form of a query; `readProgram` gives the same query back. */
export function printQuery(query: Query): string {
  const parts = [query.operation, printArguments(query)]
  if ('top' in query && query.top !== undefined) parts.push(`top ${query.top}`)
  if (query.operation === 'show' && query.by) parts.push(`by ${query.by}`)
  if ('where' in query && query.where) parts.push(`where ${printFilter(query.where)}`)
  if ('against' in query && query.against) parts.push(`against ${printFilter(query.against)}`)
  return parts.filter(Boolean).join(' ')
}

export const printProgram = (program: Program): string => program.map(printQuery).join(' then ')
