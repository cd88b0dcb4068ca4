import { fieldsOf, stacked, type EmbeddingPlan, type TableSpec } from '../../../nn/index.ts'
import { defineSystem, tasks, z } from '../../../system/index.ts'
import { DeepCrossNetwork } from '../dcnv2/model.ts'
import { deepOptions } from '../shared/deep-options.ts'
import { study } from './study.ts'

export const unifiedEmbedding = defineSystem({
  name: 'unified-embedding',
  family: 'features',
  summary: 'all values of all fields in one table of fixed size',
  paper: {
    title: 'Unified Embedding: Battle-Tested Feature Representations for Web-Scale ML Systems',
    venue: 'NeurIPS',
    year: 2023,
    code: 'tensorflow/recommenders',
  },
  task: tasks.table,
  options: z.object({
    ...deepOptions,
    crossLayers: z.number().int().min(1).default(1).describe('layers of the cross network behind the embedding'),
    share: z
      .enum(['unified', 'hashed', 'multi-hash', 'quotient-remainder', 'robe'])
      .default('unified')
      .describe(
        'one table for all fields, or an equal part for each; of these parts two rows added up, or a product of rows for quotient and remainder; stretches of one circular array',
      ),
    budget: z.number().gt(0).max(10).default(0.25).describe('rows of the table, as a share of the values there are'),
    chunks: z
      .number()
      .int()
      .min(1)
      .default(2)
      .describe('rows a value is made of; they divide embeddingDimension, but for multi-hash and quotient-remainder'),
  }),
  training: ({ embeddingRegularization, networkRegularization }) => ({
    embeddingRegularization,
    networkRegularization,
  }),
  create: ({ share, budget, chunks, ...options }, spec) =>
    new DeepCrossNetwork(
      { ...spec, embedding: planOf(spec, share, budget, chunks) },
      { ...options, structure: 'parallel' },
    ),
  study,
})

/** Plans whose rows are of the whole width. */
const whole: readonly EmbeddingPlan['kind'][] = ['multi-hash', 'quotient-remainder']

/**
 * Rows for a budget of embedding parameters: a value is made of `chunks` rows of as small a part of the width, or of rows of
 * the whole width.
 */
export function planOf(spec: TableSpec, kind: EmbeddingPlan['kind'], budget: number, chunks: number): EmbeddingPlan {
  const fields = fieldsOf(spec, 'categorical')
  const rows = Math.round(budget * (whole.includes(kind) ? 1 : chunks) * stacked(fields).rows)
  return { kind, rows: Math.max(rows, 2 * fields.length, 2), chunks }
}
