import { formatCount, formatQuantity } from '../charts/format.ts'
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
    chunks: z.number().int().min(1).default(1).describe('rows a value is made of; they divide the width'),
  }),
}

/**
 * The table with a plan of how its values share rows, and a note of what that means; as it is for `separate`.
 * @throws InterplayError `option/*` for settings without a plan, or of a system that has no such embedding
 */
export function withEmbedding(
  prepared: PreparedTable,
  system: TableSystem,
  kind: EmbeddingKind | undefined,
  set: Readonly<Record<string, unknown>> | undefined,
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
  const { rows, chunks } = parseOptions(embeddingOptions, set ?? {})
  const plan: HashedPlan = { kind, rows: Math.max(rows ?? Math.ceil(values / 4), 2 * fields.length), chunks }
  return {
    ...prepared,
    spec: { ...prepared.spec, embedding: plan },
    notes: [...prepared.notes, noteOf(plan, values, collisions(fields, plan), hashes(prepared.encoding))],
  }
}

function noteOf(
  { kind, rows, chunks }: HashedPlan,
  values: number,
  { within, between }: { within: number; between: number },
  hashed: boolean,
): string {
  const made = chunks > 1 ? `, ${chunks} to a value` : ''
  return `${kind} embedding: ${formatCount(values)} ${hashed ? 'values and codes' : 'values'} share ${formatQuantity(rows, 'row')}${made}; ${formatQuantity(within, 'pair')} of one field and ${formatCount(between)} of two cannot be told apart by their vectors alone`
}
