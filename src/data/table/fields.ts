import { InterplayError, suggest } from '../../errors/index.ts'
import { scalings, type Scaling } from './scale.ts'
import {
  fieldTypes,
  timestampFormats,
  type FieldSchema,
  type FieldType,
  type Schema,
  type TimestampFormat,
} from './schema.ts'

/**
 * The field of that name.
 * @throws InterplayError `data/unknown-field` with the nearest names
 */
export function requireField(table: string, schema: Schema, name: string, flag: string): FieldSchema {
  const field = schema.fields.find(field => field.name === name)
  if (field) return field
  const names = schema.fields.map(field => field.name)
  const near = suggest(name, names)
  throw new InterplayError('data/unknown-field', `${table} has no field '${name}'`, {
    where: `${flag} ${name}`,
    why: `${names.length} fields were read${near.length > 0 ? `; nearest: ${near.join(', ')}` : `: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ' ...' : ''}`}`,
    try: near.length > 0 ? `${flag} ${near[0]}` : undefined,
    details: { field: name, nearest: near },
  })
}

/** A type as `--type` takes it: a field type, `numeric:<scaling>`, `sequence:<separator>` or `timestamp:<form>`. */
export interface TypeOverride {
  type: FieldType
  separator?: string
  format?: TimestampFormat
  scaling?: Scaling
}

const withArgument: FieldType[] = ['numeric', 'sequence', 'timestamp']

/** @throws InterplayError `option/invalid` */
export function parseType(field: string, text: string): TypeOverride {
  const [name = '', ...rest] = text.split(':')
  const argument = rest.join(':')
  const type = fieldTypes.find(type => type === name)
  if (type === undefined || (argument !== '' && !withArgument.includes(type))) {
    throw new InterplayError('option/invalid', `--type ${field}=${text}: types are ${fieldTypes.join(', ')}`)
  }
  if (argument === '') return { type }
  if (type === 'numeric') {
    const scaling = scalings.find(scaling => scaling === argument)
    if (scaling !== undefined) return { type, scaling }
    throw new InterplayError(
      'option/invalid',
      `--type ${field}=${text}: scalings of numbers are ${scalings.join(', ')}`,
    )
  }
  if (type === 'sequence') return { type, separator: argument === '\\t' ? '\t' : argument }
  const format = timestampFormats.find(format => format === argument)
  if (format === undefined) {
    throw new InterplayError(
      'option/invalid',
      `--type ${field}=${text}: forms of a timestamp are ${timestampFormats.join(', ')}`,
    )
  }
  return { type, format }
}

/** `data/target-missing`, naming fields that look like one. */
export function missingTarget(table: string, schema: Schema): InterplayError {
  const likely = schema.fields
    .filter(
      field =>
        /^(target|label|y|class|click(ed)?|outcome|response|is_\w+|has_\w+)$/i.test(field.name) ||
        field.type === 'boolean',
    )
    .map(field => field.name)
  return new InterplayError(
    'data/target-missing',
    `no target given${likely.length > 0 ? `; likely: ${likely.slice(0, 3).join(', ')}` : ''}`,
    {
      why:
        likely.length > 0
          ? undefined
          : `${table} has the fields ${schema.fields
              .slice(0, 8)
              .map(field => field.name)
              .join(', ')}`,
      try: `-t ${likely[0] ?? schema.fields.at(-1)!.name}`,
    },
  )
}
