import { z } from 'zod'
import { InterplayError, suggest } from '../errors/index.ts'
import { activations } from '../nn/index.ts'
import type { OptionsSchema } from './system.ts'

/** Options that many table systems share, each with its own default. */
export const option = {
  embeddingDimension: (width: number) => z.number().int().min(1).default(width).describe('width of each embedding'),
  hidden: (widths: number[]) =>
    z.array(z.number().int().min(1)).default(widths).describe('widths of the hidden layers'),
  activation: () =>
    z
      .enum(Object.keys(activations) as [keyof typeof activations])
      .default('relu')
      .describe('activation of hidden layers'),
  batchNorm: (on: boolean) => z.boolean().default(on).describe('normalise hidden layers by the batch'),
  dropout: (rate: number) =>
    z.number().min(0).max(0.95).default(rate).describe('share of hidden units dropped while training'),
  embeddingRegularization: (lambda: number) =>
    z.number().min(0).default(lambda).describe('L2 penalty on whole embedding tables'),
  networkRegularization: (lambda: number) =>
    z.number().min(0).default(lambda).describe('L2 penalty on all other weights'),
}

/** Reads user settings through the schema of a system, or of `group.KEY` settings; all faults are told at once. */
export function parseOptions<Schema extends OptionsSchema>(
  system: { name: string; options: Schema; group?: string },
  settings: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const { group } = system
  const flag = (name: string) => `--set ${group === undefined ? name : `${group}.${name}`}`
  const known = Object.keys(system.options.shape)
  for (const name of Object.keys(settings)) {
    if (known.includes(name)) continue
    const nearest = suggest(name, known)
    throw new InterplayError('option/unknown', `${system.name} has no option '${name}'`, {
      where: flag(name),
      why: nearest.length > 0 ? `nearest: ${nearest.join(', ')}` : `options: ${known.join(', ')}`,
      try:
        nearest.length > 0
          ? `${flag(nearest[0]!)}=...`
          : group === undefined
            ? `interplay systems ${system.name}`
            : undefined,
    })
  }
  const parsed = system.options.safeParse(settings)
  if (parsed.success) return parsed.data as z.output<Schema>
  const faults = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
  throw new InterplayError('option/invalid', `${system.name}: ${faults.join('; ')}`, {
    where: parsed.error.issues.map(issue => flag(issue.path.join('.'))).join(', '),
    try: group === undefined ? `interplay systems ${system.name}` : undefined,
    details: { issues: parsed.error.issues.map(issue => ({ path: issue.path.join('.'), message: issue.message })) },
  })
}

/** Names, types, defaults and ranges of a schema's options, for the catalogue and the studio's form. */
export interface OptionRow {
  option: string
  type: string
  default: unknown
  range: string
  meaning: string
}

interface JsonProperty {
  type?: string
  enum?: unknown[]
  default?: unknown
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  description?: string
  items?: JsonProperty
}

export function describeOptions(schema: OptionsSchema): OptionRow[] {
  const json = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, JsonProperty> }
  return Object.entries(json.properties ?? {}).map(([name, property]) => ({
    option: name,
    type: property.enum ? 'text' : (property.type ?? 'any'),
    default: property.default,
    range: rangeOf(property),
    meaning: property.description ?? '',
  }))
}

function rangeOf({
  enum: values,
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
  items,
  type,
}: JsonProperty): string {
  if (values) return values.join('|')
  if (type === 'boolean') return 'true|false'
  if (items) return `each ${rangeOf(items)}`.trim()
  const low = minimum !== undefined ? `>= ${minimum}` : exclusiveMinimum !== undefined ? `> ${exclusiveMinimum}` : ''
  const top = maximum !== undefined && maximum < 1e15 ? maximum : undefined
  const high = top !== undefined ? `<= ${top}` : exclusiveMaximum !== undefined ? `< ${exclusiveMaximum}` : ''
  return [low, high].filter(Boolean).join(', ')
}
