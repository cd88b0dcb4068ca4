import { basename } from 'node:path'
import { InterplayError } from '../../errors/index.ts'
import { unzipped } from '../unzipped.ts'
import type { Tracks } from './tracks.ts'

const axes = ['x', 'y', 'z']

/** How far a frame may lie from the grid of equal steps, in steps. */
const offGrid = 1e-3

/**
 * A recording as text, gzipped or not, a sighting a line: frame, body, x, y and, in three dimensions, z, between tabs, blanks
 * or commas; a first line without numbers is a header. Moments are counted in the smallest step between two frames.
 * @throws InterplayError `data/not-found`, `data/corrupt`, `data/empty`, `data/ragged`, `data/not-finite`, `data/frames`,
 * `data/conflict`, each with the line
 */
export async function readTracks(path: string): Promise<Tracks> {
  const name = basename(path)
  const rows = rowsOf(name, (await unzipped(path)).toString('utf8'))
  const dimensions = rows[0]!.cells.length - 2
  const numbers = (cell: number, what: string) =>
    Float64Array.from(rows, ({ line, cells }) => numberOf(cells[cell]!, `'${name}' line ${line}: ${what}`))
  const coordinates = axes.slice(0, dimensions).map((axis, d) => numbers(d + 2, axis))
  const moments = momentsOf(name, rows, numbers(0, 'the frame'))
  const names: string[] = []
  const places = new Map<string, number>()
  const bodies = Int32Array.from(rows, ({ cells }) => {
    const known = places.get(cells[1]!)
    if (known !== undefined) return known
    places.set(cells[1]!, names.length)
    return names.push(cells[1]!) - 1
  })
  checkOnce(name, rows, moments)
  return {
    name: name.replace(/\.(txt|csv|tsv)(\.gz)?$/, ''),
    dimensions,
    bodies,
    names,
    moments,
    positions: Float32Array.from(
      { length: rows.length * dimensions },
      (_, i) => coordinates[i % dimensions]![Math.floor(i / dimensions)]!,
    ),
  }
}

interface Row {
  /** From 1. */
  line: number
  cells: readonly string[]
}

function rowsOf(name: string, text: string): Row[] {
  const lines = text.split('\n').map((each, i) => ({ line: i + 1, text: each.trim() }))
  const rows = lines.filter(each => each.text !== '').map(each => ({ ...each, cells: each.text.split(/\s*,\s*|\s+/) }))
  if (rows[0]?.line === 1 && rows[0].cells.every(cell => Number.isNaN(Number(cell)))) rows.shift()
  const width = rows[0]?.cells.length
  if (width === undefined) throw new InterplayError('data/empty', `'${name}' has no sightings`)
  const ragged = rows.find(({ cells }) => cells.length !== width || width < 4 || width > 5)
  if (!ragged) return rows
  const needed = width === 5 ? '5 are' : '4 are'
  throw new InterplayError(
    'data/ragged',
    `'${name}' line ${ragged.line} has ${ragged.cells.length} values, ${needed} needed`,
    { why: 'a line is a frame, a body, x and y, and z in three dimensions' },
  )
}

function numberOf(text: string, what: string): number {
  const value = text === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw new InterplayError('data/not-finite', `${what} is ${text === '' ? 'empty' : `'${text}'`}`)
}

function momentsOf(name: string, rows: readonly Row[], frames: Float64Array): Int32Array {
  const distinct = Float64Array.from(new Set(frames)).sort()
  const step = distinct.subarray(1).reduce((least, frame, i) => Math.min(least, frame - distinct[i]!), Infinity)
  return Int32Array.from(frames, (frame, row) => {
    const moment = frame === distinct[0] ? 0 : (frame - distinct[0]!) / step
    if (Math.abs(moment - Math.round(moment)) <= offGrid) return Math.round(moment)
    throw new InterplayError(
      'data/frames',
      `'${name}' line ${rows[row]!.line}: frame ${frame} lies between the steps of ${step} from frame ${distinct[0]}`,
      { why: 'a forecaster counts steps, which must be equally long' },
    )
  })
}

function checkOnce(name: string, rows: readonly Row[], moments: Int32Array): void {
  const seen = new Map<string, number>()
  rows.forEach(({ line, cells }, row) => {
    const key = `${moments[row]} ${cells[1]}`
    const earlier = seen.get(key)
    if (earlier !== undefined) {
      throw new InterplayError(
        'data/conflict',
        `'${name}' line ${line}: body '${cells[1]}' is at frame ${cells[0]} again, first on line ${earlier}`,
      )
    }
    seen.set(key, line)
  })
}
