import { basename } from 'node:path'
import { InterplayError } from '../../errors/index.ts'
import { unzipped } from '../unzipped.ts'
import { isHeader, namedColumns, usualColumns, type TrackColumns } from './track-columns.ts'
import type { Tracks } from './tracks.ts'

const axisNames = ['x', 'y', 'z']

/** How far a frame may lie from the grid of equal steps, in steps. */
const offGrid = 1e-3

/**
 * A recording as text, gzipped or not, a sighting a line: frame, body, x, y and, in three dimensions, z, between tabs, blanks,
 * commas or semicolons, in quotes or not; under a header in the order that it says. Moments are counted in the smallest step
 * between two frames.
 * @throws InterplayError `data/not-found`, `data/corrupt`, `data/empty`, `data/columns`, `data/duplicate-field`, `data/ragged`,
 * `data/not-finite`, `data/frames`, `data/conflict`, with the line
 */
export async function readTracks(path: string): Promise<Tracks> {
  const name = basename(path)
  const { rows, columns } = rowsOf(name, (await unzipped(path)).toString('utf8'))
  const dimensions = columns.axes.length
  const numbers = (cell: number, what: string) =>
    Float64Array.from(rows, ({ line, cells }) => numberOf(cells[cell]!, `'${name}' line ${line}: ${what}`))
  const coordinates = columns.axes.map((cell, d) => numbers(cell, axisNames[d]!))
  const moments = momentsOf(name, rows, numbers(columns.frame, 'the frame'))
  const names: string[] = []
  const places = new Map<string, number>()
  const bodies = Int32Array.from(rows, ({ cells }) => {
    const body = cells[columns.body]!
    const known = places.get(body)
    if (known !== undefined) return known
    places.set(body, names.length)
    return names.push(body) - 1
  })
  checkOnce(name, rows, columns, moments)
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

function rowsOf(name: string, text: string): { rows: Row[]; columns: TrackColumns } {
  const lines = text.split('\n').map((each, i) => ({ line: i + 1, text: each.trim() }))
  const filled = lines.filter(each => each.text !== '')
  const separator = separatorOf(filled[0]?.text ?? '')
  const rows = filled.map(each => ({ ...each, cells: cellsOf(each.text, separator) }))
  const header = rows[0] && isHeader(rows[0].cells) ? rows.shift()!.cells : undefined
  const columns = header && namedColumns(name, header)
  const width = header?.length ?? rows[0]?.cells.length
  if (rows.length === 0 || width === undefined) throw new InterplayError('data/empty', `'${name}' has no sightings`)
  const ragged = rows.find(({ cells }) => cells.length !== width || width < 4 || width > 5)
  if (!ragged) return { rows, columns: columns ?? usualColumns(width) }
  const needed = width === 5 ? '5 are' : '4 are'
  throw new InterplayError(
    'data/ragged',
    `'${name}' line ${ragged.line} has ${ragged.cells.length} values, ${needed} needed`,
    { why: 'a line is a frame, a body, x and y, and z in three dimensions' },
  )
}

/** Of the first line: semicolons before commas, which may stand inside numbers; else commas, tabs and blanks. */
const separatorOf = (line: string): RegExp => (line.includes(';') ? /;/ : line.includes(',') ? /,|\t/ : /\s+/)

/** Cells without the blanks and quotes around them; a separator inside quotes is none. */
function cellsOf(text: string, separator: RegExp): string[] {
  if (!text.includes('"')) return text.split(separator).map(cell => cell.trim())
  const outside = new RegExp(`(?:${separator.source})(?=(?:[^"]*"[^"]*")*[^"]*$)`)
  return text.split(outside).map(cell => {
    const inside = /^"(.*)"$/.exec(cell.trim())
    return inside ? inside[1]!.replaceAll('""', '"').trim() : cell.trim()
  })
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

function checkOnce(name: string, rows: readonly Row[], { frame, body }: TrackColumns, moments: Int32Array): void {
  const seen = new Map<string, number>()
  rows.forEach(({ line, cells }, row) => {
    const key = `${moments[row]} ${cells[body]}`
    const earlier = seen.get(key)
    if (earlier !== undefined) {
      throw new InterplayError(
        'data/conflict',
        `'${name}' line ${line}: body '${cells[body]}' is at frame ${cells[frame]} again, first on line ${earlier}`,
      )
    }
    seen.set(key, line)
  })
}
