import { encodingSettings, prepareTable, type PreparedTable, type TableInput } from '../data/index.ts'
import { parseOptions, type TableSystem } from '../system/index.ts'
import { withEmbedding } from './embedding.ts'
import type { FitOptions } from './fit.ts'

/** Values of one field where they share rows: the table no longer grows with them. */
const mostValues = 2 ** 26

/** The table as a model of it is trained: read, split, encoded, and with the embedding asked for where a system is named. */
export async function tableFor(
  input: TableInput,
  options: Omit<FitOptions, 'budget'>,
  system?: TableSystem,
): Promise<PreparedTable> {
  const { seed = 1, signal, embedding } = options
  const encoding = encodingSettings(options.encoding)
  const sharing = embedding !== undefined && embedding !== 'separate'
  const table = await prepareTable(input, {
    target: options.target === undefined ? undefined : [options.target].flat(),
    types: options.type,
    roles: options.role,
    ignore: options.ignore,
    where: options.where,
    split: options.split,
    ...encoding,
    maxValues: encoding.maxValues ?? (sharing ? mostValues : undefined),
    reader: options.reader,
    seed,
    signal,
  })
  if (!system) return table
  return withEmbedding(table, system, embedding, options.sharing, parseOptions(system, options.set ?? {}))
}
