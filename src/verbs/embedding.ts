import { formatBytes, formatCount, formatQuantity } from '../charts/format.ts'
import type { PreparedTable } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import { collisions, fieldsOf, stacked, type HashedPlan } from '../nn/index.ts'
import { parseOptions, z, type TableSystem } from '../system/index.ts'

/** Whether values of some field hash into codes, so that those of one code cannot be told apart before any row is shared. */
const hashes = ({ fields }: PreparedTable['encoding']): boolean =>
  fields.some(field => 'hashed' in field && field.hashed !== undefined)

/** How values become vectors: a row each, or hashed into fewer rows, by field or all together. */
export type EmbeddingKind = 'separate' | HashedPlan['kind']

/** `--set embedding.KEY=VALUE`. What is left out follows from the table. */
const embeddingOptions = {
  name: 'embedding',
  group: 'embedding',
  options: z.object({
    rows: z
      .number()
      .int()
      .min(2)
      .max(2 ** 26)
      .optional()
      .describe('rows that all values share; a quarter of their number where left out'),
    bytes: z.number().int().min(64).optional().describe('bytes that these rows may take, in place of their number'),
    chunks: z.number().int().min(1).default(1).describe('rows a value is made of; they divide the width'),
  }),
}

/**
 * The table with a plan of how its values share rows, and a note of what that means; as it is for `separate`. Bytes are
 * counted by the system's `embeddingDimension` among its `options`.
 * @throws InterplayError `option/*` for settings without a plan, or of a system that has no such embedding
 */
export function withEmbedding(
  prepared: PreparedTable,
  system: TableSystem,
  kind: EmbeddingKind | undefined,
  set: Readonly<Record<string, unknown>> | undefined,
  options: Readonly<Record<string, unknown>> = {},
): PreparedTable {
  if (kind === undefined || kind === 'separate') {
    if (set === undefined) return prepared
    throw new InterplayError('option/conflict', 'embedding settings are for values that share rows', {
      where: Object.keys(set)
        .map(key => `--set embedding.${key}`)
        .join(', '),
      try: '--embedding unified',
    })
  }
  if (!system.create) {
    throw new InterplayError('option/conflict', `${system.name} has no embedding whose rows values could share`, {
      where: `--embedding ${kind}`,
      try: '-s dcnv2',
    })
  }
  const fields = fieldsOf(prepared.spec, 'categorical')
  const values = stacked(fields).rows
  if (values === 0) {
    throw new InterplayError(
      'option/conflict',
      `${prepared.name} has no categorical field whose values could share rows`,
      {
        where: `--embedding ${kind}`,
        try: '--embedding separate',
      },
    )
  }
  const { rows, bytes, chunks } = parseOptions(embeddingOptions, set ?? {})
  const width = typeof options.embeddingDimension === 'number' ? options.embeddingDimension / chunks : undefined
  const least = 2 * fields.length
  const within = bytes === undefined ? undefined : rowsWithin(bytes, { rows, width, least, system: system.name })
  const plan: HashedPlan = { kind, rows: within ?? Math.max(rows ?? Math.ceil(values / 4), least), chunks }
  const size = width === undefined ? undefined : formatBytes(4 * width * plan.rows)
  return {
    ...prepared,
    spec: { ...prepared.spec, embedding: plan },
    notes: [...prepared.notes, noteOf(plan, values, collisions(fields, plan), hashes(prepared.encoding), size)],
  }
}

/** Rows of so many float32 numbers that bytes have room for. */
function rowsWithin(
  bytes: number,
  { rows, width, least, system }: { rows?: number; width?: number; least: number; system: string },
): number {
  const where = `--set embedding.bytes=${bytes}`
  if (rows !== undefined) {
    throw new InterplayError('option/conflict', 'rows of an embedding are given by their number or by their bytes', {
      where: `--set embedding.rows=${rows} ${where}`,
    })
  }
  if (width === undefined) {
    throw new InterplayError('option/conflict', `${system} has no embeddingDimension, by which bytes are counted`, {
      where,
      try: '--set embedding.rows=20000',
    })
  }
  const room = Math.floor(bytes / (4 * width))
  if (room >= least) return room
  throw new InterplayError('option/invalid', `${formatBytes(bytes)} have room for ${formatQuantity(room, 'row')}`, {
    where,
    why: `each field needs two, ${formatCount(least)} in all`,
    try: `--set embedding.bytes=${Math.ceil(4 * width * least)}`,
  })
}

function noteOf(
  { kind, rows, chunks }: HashedPlan,
  values: number,
  { within, between }: { within: number; between: number },
  hashed: boolean,
  size: string | undefined,
): string {
  const made = [...(size ? [size] : []), ...(chunks > 1 ? [`${chunks} to a value`] : [])]
    .map(each => `, ${each}`)
    .join('')
  return `${kind} embedding: ${formatCount(values)} ${hashed ? 'values and codes' : 'values'} share ${formatQuantity(rows, 'row')}${made}; ${formatQuantity(within, 'pair')} of one field and ${formatCount(between)} of two cannot be told apart by their vectors alone`
}
