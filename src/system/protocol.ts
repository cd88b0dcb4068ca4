import { z } from 'zod'
import { parse } from 'yaml'
import { InterplayError } from '../errors/index.ts'

const training = z
  .object({
    batch: z.number().int(),
    learningRate: z.number(),
    epochs: z.number().int(),
    patience: z.number().int(),
    plateauFactor: z.number(),
    clipNorm: z.number(),
    clipValue: z.number(),
    metric: z.string(),
    embeddingRegularization: z.number(),
    networkRegularization: z.number(),
  })
  .partial()
  .strict()

const schema = z
  .object({
    dataset: z.string(),
    group: z.string().optional(),
    /** The first seed; the next ones count up from it. */
    seeds: z.number().int(),
    notes: z.array(z.string()).default([]),
    prepare: z.object({ minCount: z.number().int() }).partial().strict().default({}),
    training,
    rows: z.record(
      z.string(),
      z
        .object({
          system: z.string(),
          options: z.record(z.string(), z.unknown()).default({}),
          training: training.default({}),
          published: z.object({ testAuc: z.number(), testLogLoss: z.number().optional() }).optional(),
        })
        .strict(),
    ),
  })
  .strict()

/** A fixed split, training and metric recipe under which systems are compared (`bench/protocols/<name>.yaml`). */
export type Protocol = z.output<typeof schema>
export type ProtocolRow = Protocol['rows'][string]

/** Reads a protocol's YAML. Throws `option/invalid` naming the file and the place. */
export function parseProtocol(file: string, text: string): Protocol {
  const parsed = schema.safeParse(parse(text))
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
  throw new InterplayError('option/invalid', `'${file}' is no protocol: ${faults.join('; ')}`)
}
