import { suggest } from '../../errors/index.ts'
import { parseNumber } from '../table/cells.ts'
import { invalidRows, rowFault, type RowFault } from '../table/encode-rows.ts'
import type { TensorEntries, TensorMode } from './tensor.ts'

/**
 * Entries of raw rows, numbers or their text by the name of their mode; all are valid or none is read.
 * @throws InterplayError `request/invalid` with every fault in `details.errors`
 */
export function tensorRows(
  modes: readonly TensorMode[],
  rows: readonly Readonly<Record<string, unknown>>[],
): TensorEntries {
  const names = modes.map(mode => mode.name)
  const coordinates = new Float64Array(rows.length * names.length)
  const faults: RowFault[] = []
  rows.forEach((row, i) => {
    for (const name of Object.keys(row)) {
      if (names.includes(name)) continue
      const near = suggest(name, names)
      faults.push(
        rowFault(i, name, `is no mode of this tensor${near.length > 0 ? `; nearest: ${near.join(', ')}` : ''}`),
      )
    }
    names.forEach((name, k) => {
      const cell = Object.hasOwn(row, name) ? row[name] : undefined
      const number = typeof cell === 'string' ? parseNumber(cell.trim()) : cell
      if (typeof number === 'number' && Number.isFinite(number)) coordinates[i * names.length + k] = number
      else
        faults.push(rowFault(i, name, cell === undefined || cell === null ? 'is required' : 'must be a finite number'))
    })
  })
  if (faults.length > 0) throw invalidRows(faults, rows.length)
  return { modes, coordinates }
}
