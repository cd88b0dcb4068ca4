import { InterplayError } from '../../errors/index.ts'

/** What a header may call the columns of a recording. */
const names = {
  frame: ['frame', 'frameid', 'framenumber', 'moment', 'step', 'time', 't'],
  body: ['body', 'bodyid', 'id', 'agent', 'agentid', 'track', 'trackid', 'object', 'objectid', 'person', 'pedestrian'],
  x: ['x'],
  y: ['y'],
  z: ['z'],
}

type Column = keyof typeof names
const columns = Object.keys(names) as Column[]

/** Where the columns of a recording stand on its lines. */
export interface TrackColumns {
  frame: number
  body: number
  /** Of x and y, and of z in three dimensions. */
  axes: readonly number[]
}

/** The order of a recording without a header. */
export const usualColumns = (width: number): TrackColumns => ({
  frame: 0,
  body: 1,
  axes: Array.from({ length: width - 2 }, (_, d) => d + 2),
})

/** A frame and two coordinates are numbers on every line of sightings, whatever the body is called. */
export function isHeader(cells: readonly string[]): boolean {
  const numbers = cells.filter(cell => cell !== '' && !Number.isNaN(Number(cell))).length
  return numbers === 0 || (numbers < 3 && cells.some(cell => columnNamed(cell) !== undefined))
}

/** @throws InterplayError `data/columns` for a column that a recording has not, or one that is missing, `data/duplicate-field` */
export function namedColumns(file: string, header: readonly string[]): TrackColumns {
  const found: Partial<Record<Column, number>> = {}
  const strange: string[] = []
  header.forEach((name, at) => {
    const column = columnNamed(name)
    if (column === undefined) strange.push(name)
    else if (found[column] !== undefined) throw twice(file, header, found[column], at)
    else found[column] = at
  })
  const missing = columns.filter(column => column !== 'z' && found[column] === undefined)
  if (strange.length > 0 || missing.length > 0) throw misnamed(file, strange, missing)
  const axes = [found.x!, found.y!, ...(found.z === undefined ? [] : [found.z])]
  return { frame: found.frame!, body: found.body!, axes }
}

const columnNamed = (name: string): Column | undefined => {
  const plain = name.toLowerCase().replace(/[\s_-]/g, '')
  return columns.find(column => names[column].includes(plain))
}

const quoted = (words: readonly string[]) => words.map(word => `'${word}'`).join(', ')

function misnamed(file: string, strange: readonly string[], missing: readonly string[]): InterplayError {
  const faults = [
    ...(missing.length > 0 ? [`names no ${missing.join(', no ')}`] : []),
    ...(strange.length > 0 ? [`has ${quoted(strange)}, which no recording has`] : []),
  ]
  return new InterplayError('data/columns', `'${file}' ${faults.join(' and ')}`, {
    where: 'line 1',
    why: 'columns are frame, body (or id), x and y, and z in three dimensions',
  })
}

const twice = (file: string, header: readonly string[], first: number, second: number) =>
  new InterplayError(
    'data/duplicate-field',
    `'${file}' names one column '${header[first]}' and '${header[second]}', columns ${first + 1} and ${second + 1}`,
    { where: 'line 1' },
  )
