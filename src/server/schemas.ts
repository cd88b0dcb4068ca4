import type { ServedField, ServedOutput } from './inference/model.ts'
import type { Predictor } from './inference/predictor.ts'

/** A JSON Schema, draft 2020-12. */
export type Schema = Record<string, unknown>

export const text = { type: 'string' }
export const count = { type: 'integer', minimum: 0 }
export const array = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more })
export const object = (properties: Record<string, Schema>, required = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
})
export const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

/** A row as JSON. Vocabularies stay out: their values are data, and an unseen value is answered too. */
export function rowSchema({ name, fields }: Predictor): Schema {
  const properties = Object.fromEntries(fields.map(field => [field.name, fieldSchema(field)]))
  const required = fields.filter(field => field.required).map(field => field.name)
  return { title: `A row of ${name}`, ...object(properties, required), additionalProperties: false }
}

/** Numbers and moments may come as the text a CSV holds. */
function fieldSchema({ type, required }: ServedField): Schema {
  const empty = required ? [] : ['null']
  if (type === 'sequence') return { type: ['array', 'string', ...empty], items: { type: ['string', 'number'] } }
  return { type: ['string', 'number', 'boolean', ...empty] }
}

/** What one row is answered with: the answer, or one per output. */
export function predictionSchema({ name, outputs }: Predictor): Schema {
  const answers = outputs.map(output => [output.name, answerSchema(output)] as const)
  const schema = answers.length === 1 ? answers[0]![1] : object(Object.fromEntries(answers))
  return { title: `A prediction of ${name}`, ...schema }
}

const probability = { type: ['number', 'null'], minimum: 0, maximum: 1 }
const reason = { ...text, description: 'why the numbers are null' }

function answerSchema(output: ServedOutput): Schema {
  const properties = numbersOf(output)
  return object({ ...properties, reason }, Object.keys(properties))
}

function numbersOf({ kind, classes = [], banded }: ServedOutput): Record<string, Schema> {
  const value = { type: ['number', 'null'] }
  if (kind === 'value') return banded ? { value, low: value, high: value } : { value }
  const label = { enum: [...classes, null] }
  if (classes.length === 2) return { probability, label }
  const each = object(Object.fromEntries(classes.map(name => [name, probability])))
  return { probabilities: { ...each, type: ['object', 'null'] }, label }
}

/** RFC 9457, with the particulars of Interplay. */
export const problemSchema: Schema = object(
  {
    type: { ...text, format: 'uri-reference' },
    title: text,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: text,
    detail: text,
    requestId: text,
    errors: array(object({ pointer: text, row: count, field: text, detail: text }, ['pointer', 'detail'])),
  },
  ['type', 'title', 'status', 'code', 'detail', 'requestId'],
)
