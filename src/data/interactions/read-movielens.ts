import { readFile } from 'node:fs/promises'
import { InterplayError } from '../../errors/index.ts'
import type { TextRows } from '../table/text-rows.ts'

type Role = 'ratings' | 'users' | 'items'
type Row = Record<string, string | null>

/** The fields of the three files of MovieLens-1M, which have no header. */
const fields: Record<Role, readonly string[]> = {
  ratings: ['user', 'item', 'rating', 'time'],
  users: ['user', 'gender', 'age', 'occupation', 'zip'],
  items: ['item', 'title', 'genres'],
}

/** Words of titles that say nothing. */
const empty = new Set(['the', 'a', 'an', 'of', 'and', 'in', 'on', 'to', 'de', 'la', 'le'])

export const isMovieLens = (path: string): boolean => path.toLowerCase().endsWith('.dat')

/**
 * A file of MovieLens-1M: lines of fields between `::`, in Latin-1. A title becomes its words and its decade, a zip code its
 * first digit.
 * @throws InterplayError `data/not-found`, `data/ragged`
 */
export async function readMovieLens(path: string, role: Role): Promise<TextRows> {
  const text = await readFile(path, 'latin1').catch(() => {
    throw new InterplayError('data/not-found', `no file '${path}'`)
  })
  const columns = fields[role]
  const rows = text
    .split(/\r?\n/)
    .filter(line => line !== '')
    .map((line, i): Row => {
      const cells = line.split('::')
      if (cells.length !== columns.length) {
        throw new InterplayError(
          'data/ragged',
          `'${path}' line ${i + 1} has ${cells.length} values, not ${columns.length}`,
          {
            why: `${role} of MovieLens are ${columns.join('::')}`,
          },
        )
      }
      return shaped(role, Object.fromEntries(columns.map((name, k) => [name, cells[k]!.trim() || null])))
    })
  return { path, columns: Object.keys(rows[0] ?? Object.fromEntries(columns.map(name => [name, null]))), rows }
}

function shaped(role: Role, row: Row): Row {
  if (role === 'users') return { ...row, zip: row.zip?.slice(0, 1) ?? null }
  if (role === 'ratings') return row
  const { title, ...rest } = row
  const [, name = title ?? '', year] = /^(.*)\((\d{4})\)$/.exec(title ?? '') ?? []
  const words = name.toLowerCase().match(/[\p{L}\d]+/gu) ?? []
  return {
    ...rest,
    decade: year ? `${year.slice(0, 3)}0` : null,
    title: words.filter(word => !empty.has(word)).join('|') || null,
  }
}
