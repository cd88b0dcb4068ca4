import { InterplayError } from '../../errors/index.ts'
import { ofField } from './by-field.ts'
import type { CategoricalEncoding, FieldEncoding } from './encoding.ts'
import { parseType, requireField, type TypeOverride } from './fields.ts'
import { scalings, type Scaling } from './scale.ts'
import type { FieldSchema, Schema, TimestampFormat } from './schema.ts'
import { identifier } from './sql.ts'
import { formOf } from './text-forms.ts'

export interface PlanOptions {
  /** Field -> type, as `--type` takes it. */
  types?: Record<string, string>
  /** Role -> fields: `meta` (never an input), `group` (grouped metrics), `required`. */
  roles?: Record<string, string[]>
  ignore?: string[]
  numericScaling?: Scaling | Record<string, Scaling>
  maxSequenceLength?: number
  /** Sequence field -> the categorical field whose values, and ids, it has: `{ history: 'item' }`. */
  vocabulary?: Record<string, string>
}

/** One input column of the prepared relation and how it is to be encoded. */
export type InputPlan = {
  name: string
  required: boolean
  /** SQL over the typed relation; gives what the kind says. */
  expression: string
} & (
  | { kind: 'categorical'; cells: CategoricalEncoding['cells'] }
  | { kind: 'numeric'; scaling: Scaling }
  | { kind: 'timestamp'; format: TimestampFormat }
  | { kind: 'sequence'; separator: string; vocabulary?: string }
)

export type Role = 'input' | 'target' | 'ignored' | 'meta'

/** A field as it takes part: `type` after overrides, and the reason where it is left out. */
export interface PlannedField extends FieldSchema {
  role: Role
  reason?: string
}

export interface Plan {
  fields: PlannedField[]
  inputs: InputPlan[]
  group?: { name: string; expression: string }
}

const roleNames = ['meta', 'group', 'required']

/**
 * Which fields are inputs, and how.
 * @throws InterplayError `data/unknown-field`, `option/invalid`, `data/no-inputs`
 */
export function planFields(table: string, schema: Schema, reserved: Map<string, string>, options: PlanOptions): Plan {
  const { types = {}, roles = {}, ignore = [] } = options
  for (const name of Object.keys(types)) requireField(table, schema, name, '--type')
  for (const name of ignore) requireField(table, schema, name, '--ignore')
  for (const [role, names] of Object.entries(roles)) {
    if (!roleNames.includes(role)) {
      throw new InterplayError('option/invalid', `--role ${role}: a table has the roles ${roleNames.join(', ')}`)
    }
    for (const name of names) requireField(table, schema, name, '--role')
  }
  const required = new Set(roles['required'])
  const inputs: InputPlan[] = []
  const fields = schema.fields.map((field): PlannedField => {
    const said = ofField(types, field.name)
    const override = said === undefined ? undefined : parseType(field.name, said)
    const type = override?.type ?? field.type
    const planned = (role: Role, reason?: string): PlannedField => ({ ...field, type, role, reason })
    const reason = reserved.get(field.name)
    if (reason !== undefined)
      return planned(reason === 'target' ? 'target' : 'ignored', reason === 'target' ? undefined : reason)
    if (ignore.includes(field.name)) return planned('ignored', 'as you asked')
    if (type === 'meta' || roles['meta']?.includes(field.name)) return planned('meta')
    if (type === 'text') return planned('ignored', 'free text')
    if (field.flags.includes('id-like') && !override) return planned('ignored', 'id-like')
    inputs.push({
      name: field.name,
      required: required.has(field.name),
      ...inputPlan(field, { ...override, type }, options),
    })
    return planned('input')
  })
  borrow(table, schema, inputs, options.vocabulary ?? {})
  const [group] = roles['group'] ?? []
  return {
    fields,
    inputs,
    group: group === undefined ? undefined : { name: group, expression: `CAST(${identifier(group)} AS VARCHAR)` },
  }
}

/**
 * Gives sequences the vocabularies of other inputs.
 * @throws InterplayError `data/unknown-field`, `option/conflict`
 */
function borrow(table: string, schema: Schema, inputs: InputPlan[], vocabulary: Record<string, string>): void {
  for (const [name, other] of Object.entries(vocabulary)) {
    const flag = `--set encoding.vocabulary.${name}=`
    requireField(table, schema, name, flag)
    requireField(table, schema, other, flag)
    const sequence = inputs.find(input => input.name === name)
    const values = inputs.find(input => input.name === other)
    const kind = (input: InputPlan | undefined) => (input ? `a ${input.kind} input` : 'no input')
    if (sequence?.kind !== 'sequence' || values?.kind !== 'categorical') {
      throw new InterplayError('option/conflict', `'${name}' cannot have the values of '${other}'`, {
        where: `${flag}${other}`,
        why: `a sequence has those of a category; '${name}' is ${kind(sequence)}, '${other}' ${kind(values)}`,
        try: sequence?.kind === 'sequence' ? `--type ${other}=categorical` : `--type ${name}=sequence:^`,
      })
    }
    sequence.vocabulary = other
  }
}

type InputKind = InputPlan extends infer P ? (P extends InputPlan ? Omit<P, 'name' | 'required'> : never) : never

function inputPlan(
  field: FieldSchema,
  { type, separator, format, scaling }: TypeOverride,
  options: PlanOptions,
): InputKind {
  const column = identifier(field.name)
  const { storage } = field
  switch (type) {
    case 'numeric':
      return {
        kind: 'numeric',
        expression: numberExpression(field),
        scaling: scaling ?? scalingOf(field.name, options),
      }
    case 'timestamp': {
      if (storage.kind === 'timestamp')
        return { kind: 'timestamp', expression: `epoch(${column})`, format: format ?? storage.format }
      if (storage.kind === 'number') {
        const unit = format ?? (Math.abs(field.maximum ?? 0) < 1e11 ? 'seconds' : 'milliseconds')
        return { kind: 'timestamp', expression: unit === 'seconds' ? column : `(${column} / 1000)`, format: unit }
      }
      const form = format ?? 'iso'
      return {
        kind: 'timestamp',
        expression: `epoch(${formOf({ kind: 'timestamp', format: form }).expression(column)})`,
        format: form,
      }
    }
    case 'sequence': {
      if (storage.kind === 'list') return { kind: 'sequence', expression: column, separator: storage.separator }
      const by = separator ?? '^'
      return {
        kind: 'sequence',
        expression: formOf({ kind: 'list', separator: by }).expression(`CAST(${column} AS VARCHAR)`),
        separator: by,
      }
    }
    default:
      if (storage.kind === 'number') return { kind: 'categorical', cells: 'number', expression: column }
      if (storage.kind === 'boolean')
        return { kind: 'categorical', cells: 'boolean', expression: `CAST(${column} AS VARCHAR)` }
      return { kind: 'categorical', cells: 'text', expression: `CAST(${column} AS VARCHAR)` }
  }
}

function numberExpression(field: FieldSchema): string {
  const column = identifier(field.name)
  switch (field.storage.kind) {
    case 'number':
      return column
    case 'boolean':
      return `CAST(CAST(${column} AS INTEGER) AS DOUBLE)`
    case 'timestamp':
      return `epoch(${column})`
    default:
      return formOf({ kind: 'number', whole: false }).expression(`CAST(${column} AS VARCHAR)`)
  }
}

function scalingOf(field: string, options: PlanOptions): Scaling {
  const wanted = options.numericScaling ?? 'standard'
  const scaling = typeof wanted === 'string' ? wanted : (ofField(wanted, field) ?? 'standard')
  if (scalings.includes(scaling)) return scaling
  throw new InterplayError(
    'option/invalid',
    `numericScaling must be one of ${scalings.join(', ')}, got '${scaling as string}'`,
  )
}

/** The fields with their part after the fit, which leaves out those of no value, or only one, in the training rows. */
export function rolesOf(
  plan: Plan,
  fields: readonly { plan: InputPlan; encoding?: FieldEncoding; trainValues: number }[],
): PlannedField[] {
  const dropped = new Map(
    fields.filter(field => field.encoding === undefined).map(field => [field.plan.name, field.trainValues]),
  )
  return plan.fields.map(field => {
    const values = dropped.get(field.name)
    return values === undefined
      ? field
      : {
          ...field,
          role: 'ignored' as const,
          reason: values === 0 ? 'no value in training rows' : 'one value in training rows',
        }
  })
}
