import { InterplayError } from '../../errors/index.ts'
import { requireColumn, textRows, type TextRows } from '../table/text-rows.ts'
import type { TensorEntries, TensorMode } from './tensor.ts'

/** What was kept of the tensor that was learned from: new entries are read by the same modes and scales. */
export interface KnownTensor {
  target: string
  modes: readonly TensorMode[]
}

/**
 * Entries of a table, one a row: the target is what was measured, the modes are the columns of role `mode`, or all others.
 * A mode's scale is the range of its column.
 * @throws InterplayError `data/target-missing`, `data/unknown-field`, `data/duplicate-field`, `data/columns`,
 * `data/not-finite`, and what reading tables throws
 */
export async function readTensor({
  inputs,
  target,
  roles,
  known,
  signal,
}: {
  inputs: Readonly<Record<string, string>>
  target?: string
  roles?: Readonly<Record<string, readonly string[]>>
  known?: Readonly<Record<string, unknown>>
  signal?: AbortSignal
}): Promise<TensorEntries> {
  const table = await textRows(inputs.entries!, 2, signal)
  const learned = known as KnownTensor | undefined
  if (learned) {
    const names = learned.modes.map(mode => mode.name)
    for (const name of names) requireColumn(table, name, 'mode')
    return { modes: learned.modes, coordinates: numbersOf(table, names) }
  }
  const measured = targetOf(table, target)
  const names = modesOf(table, measured, roles?.mode)
  const coordinates = numbersOf(table, names)
  return {
    modes: names.map((name, mode) => ({ name, scale: rangeOf(coordinates, mode, names.length) })),
    coordinates,
    values: { name: measured, data: numbersOf(table, [measured]) },
  }
}

function targetOf(table: TextRows, target: string | undefined): string {
  if (target !== undefined) return requireColumn(table, target, '--target')
  throw new InterplayError('data/target-missing', 'no target given', {
    why: `columns of '${table.path}': ${table.columns.slice(0, 10).join(', ')}`,
    try: `-t ${table.columns.at(-1)}`,
  })
}

function modesOf(table: TextRows, target: string, asked: readonly string[] | undefined): string[] {
  const names = asked ? [...asked] : table.columns.filter(name => name !== target)
  for (const name of names) requireColumn(table, name, '--role mode')
  if (!names.includes(target)) return names
  throw new InterplayError('option/conflict', `'${target}' is the target and cannot be a mode too`, {
    where: '--role mode',
  })
}

/** [rows, names] */
function numbersOf({ path, rows }: TextRows, names: readonly string[]): Float64Array {
  const numbers = new Float64Array(rows.length * names.length)
  rows.forEach((row, i) =>
    names.forEach((name, k) => {
      const text = row[name]
      const number = text === null || text === undefined ? Number.NaN : Number(text)
      numbers[i * names.length + k] = number
      if (Number.isFinite(number)) return
      throw new InterplayError(
        'data/not-finite',
        `'${path}' row ${i + 1}: '${name}' is ${text ? `'${text}'` : 'empty'}`,
        {
          why: 'modes and the target hold numbers; unless --role mode names them, every other column is a mode',
        },
      )
    }),
  )
  return numbers
}

function rangeOf(coordinates: Float64Array, mode: number, modes: number): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity]
  for (let i = mode; i < coordinates.length; i += modes) {
    low = Math.min(low, coordinates[i]!)
    high = Math.max(high, coordinates[i]!)
  }
  return { low, high }
}
