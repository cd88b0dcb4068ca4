import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { goldenCases } from '../../../study/index.ts'
import { outrankOptions, type OutrankOptions } from './options.ts'
import { rank } from './rank.ts'

/** Gains by field of columns in memory, target `y`. */
export async function gainsOf(
  columns: Readonly<Record<string, readonly (string | number)[]>>,
  options: Partial<OutrankOptions>,
  threads = 1,
): Promise<Map<string, number>> {
  const { results } = await rankColumns(columns, options, threads)
  return new Map(results.map(({ set, gain }) => [set.join(' × '), gain]))
}

/** Ranks columns in memory, target `y`, by way of a file. */
export async function rankColumns(
  columns: Readonly<Record<string, readonly (string | number)[]>>,
  options: Partial<OutrankOptions>,
  threads = 1,
  seed = 1,
) {
  const folder = await mkdtemp(join(tmpdir(), 'interplay-outrank-'))
  try {
    const lists = Object.values(columns)
    const lines = lists[0]!.map((_, row) => lists.map(list => list[row]).join(','))
    await writeFile(join(folder, 'rows.csv'), `${[Object.keys(columns).join(','), ...lines].join('\n')}\n`)
    const texts = Object.keys(columns).filter(name => typeof columns[name]![0] === 'string')
    const types = Object.fromEntries(texts.map(name => [name, 'categorical']))
    const settings = outrankOptions.parse({ rows: 'all', ...options })
    const source = { input: join(folder, 'rows.csv'), target: ['y'], types }
    return await rank(source, settings, { seed, threads, progress: () => {} })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The authors' ways: their shift of the rows as they stand, or no correction. */
export const authorsOptions = { control: 'shift', rowOrder: 'file' } as const

/** Largest distance to the authors' scores over the golden tables; undefined where they are not at hand. */
export async function goldenDistance(): Promise<{ corrected: number; plain: number; columns: number } | undefined> {
  const [golden] = (await goldenCases('outrank')) ?? []
  if (!golden) return undefined
  const worst = { corrected: 0, plain: 0, columns: 0 }
  for (const table of ['2-classes', '3-classes', '5-classes']) {
    const [x, y] = [golden.tensors[`${table}.x`]!, golden.tensors[`${table}.y`]!]
    const [rows, width] = x.dims as [number, number]
    const text = (at: number) => `v${Number(x.data[at])}`
    const columns = Object.fromEntries(
      Array.from({ length: width }, (_, c) => [`x${c}`, Array.from({ length: rows }, (_, r) => text(r * width + c))]),
    )
    const data = { ...columns, y: Array.from({ length: rows }, (_, r) => `c${Number(y.data[r])}`) }
    for (const kind of ['corrected', 'plain'] as const) {
      const gains = await gainsOf(data, kind === 'plain' ? { score: 'plain', controls: 0 } : authorsOptions)
      for (let c = 0; c < width; c++) {
        const distance = Math.abs(gains.get(`x${c}`)! - Number(golden.tensors[`${table}.${kind}`]!.data[c]))
        worst[kind] = Math.max(worst[kind], distance)
      }
    }
    worst.columns += width
  }
  return worst
}
