import type { Predictor } from './inference/predictor.ts'
import type { Limits } from './limits.ts'
import {
  array,
  count,
  object,
  predictionSchema,
  problemSchema,
  reference,
  rowSchema,
  text,
  type Schema,
} from './schemas.ts'

export interface Described {
  /** A bearer token is needed. */
  secured: boolean
  /** Names of models that are explained and talked about. */
  explained?: readonly string[]
}

/** The OpenAPI 3.1 document of the service, rows and predictions described field by field for every model. */
export function openapi(models: readonly Predictor[], limits: Limits, { secured, explained = [] }: Described): Schema {
  const open = { security: [] }
  return {
    openapi: '3.1.0',
    info: { title: 'Interplay', version: '1', description: 'Predictions of trained interaction models.' },
    ...(secured && { security: [{ bearer: [] }] }),
    paths: {
      '/healthz': { get: { ...open, ...answers('Whether the process answers', object({ status: text })) } },
      '/readyz': { get: { ...open, ...answers('Whether every model is ready', object({ status: text }), ['503']) } },
      '/metrics': { get: answers('Prometheus metrics', text, [], 'text/plain') },
      '/openapi.json': { get: answers('This document', { type: 'object' }) },
      '/v1/models': { get: answers('The models served', object({ models: array(reference('Model')) })) },
      '/v1/predict': { post: predict(models, limits) },
      ...(explained.length > 0 && explanations(models, explained)),
    },
    components: {
      schemas: {
        ...Object.assign({}, ...models.map((model, index) => modelSchemas(model, index, limits))),
        Model: object({
          name: text,
          version: text,
          state: { enum: ['starting', 'ready', 'failed', 'closed'] },
          fields: array(object({ name: text, type: text, required: { type: 'boolean' } })),
          outputs: array(object({ name: text, kind: text, classes: array(text) }, ['name', 'kind'])),
        }),
        Warning: object({ code: text, row: count, field: text }),
        Problem: problemSchema,
      },
      responses: {
        Problem: {
          description: 'What is wrong, and where',
          content: { 'application/problem+json': { schema: reference('Problem') } },
        },
      },
      ...(secured && { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }),
    },
  }
}

function answers(
  summary: string,
  schema: Schema,
  problems: readonly string[] = [],
  media = 'application/json',
): Schema {
  const others = problems.map(status => [status, { $ref: '#/components/responses/Problem' }])
  return {
    summary,
    responses: { 200: { description: 'Done', content: { [media]: { schema } } }, ...Object.fromEntries(others) },
  }
}

const faults = ['400', '401', '403', '404', '405', '413', '415', '429', '500', '503', '504']

const named = (models: readonly Predictor[], names: readonly string[]): Schema => ({
  name: 'model',
  in: 'query',
  required: models.length > 1,
  schema: { type: 'string', enum: names },
})

function explanations(models: readonly Predictor[], explained: readonly string[]): Record<string, Schema> {
  const post = (summary: string, request: Schema, response: Schema): Schema => ({
    post: {
      ...answers(summary, response, faults),
      parameters: [named(models, explained)],
      requestBody: { required: true, content: { 'application/json': { schema: request } } },
    },
  })
  const row = { type: ['integer', 'object'], description: "a row of the model's own data, from 1, or a row itself" }
  const lens = { type: ['string', 'array'], items: text }
  const findings = array(object({ set: array(text), index: text, order: count, value: { type: 'number' } }))
  return {
    '/v1/explain': post(
      'What the model does, of all rows or of one',
      object({ row, lens, index: text, order: count, top: count, budget: count, seed: count }, []),
      object({ units: text, results: findings, complete: { type: 'boolean' } }),
    ),
    '/v1/ask': post(
      'A question about the model and its data, in words',
      object({ question: text, conversation: text }, ['question']),
      object({ conversation: text, reply: { type: 'object' } }),
    ),
  }
}

function predict(models: readonly Predictor[], limits: Limits): Schema {
  const eitherOf = (part: string): Schema => {
    const schemas = models.map((_, index) => reference(nameOf(index, part)))
    return schemas.length === 1 ? schemas[0]! : { anyOf: schemas }
  }
  return {
    ...answers('One prediction per row; all rows are valid or none is answered', eitherOf('Response'), faults),
    description: `At most ${limits.maxRows} rows and ${limits.maxBody} bytes a request, answered within ${limits.timeout} s.`,
    parameters: [
      named(
        models,
        models.map(({ name }) => name),
      ),
    ],
    requestBody: { required: true, content: { 'application/json': { schema: eitherOf('Request') } } },
  }
}

const nameOf = (index: number, part: string) => `Model${index + 1}${part}`

function modelSchemas(model: Predictor, index: number, { maxRows }: Limits): Record<string, Schema> {
  const name = (part: string) => nameOf(index, part)
  return {
    [name('Row')]: rowSchema(model),
    [name('Prediction')]: predictionSchema(model),
    [name('Request')]: object({ rows: array(reference(name('Row')), { minItems: 1, maxItems: maxRows }) }),
    [name('Response')]: object({
      model: { const: model.name },
      version: text,
      predictions: array(reference(name('Prediction'))),
      warnings: array(reference('Warning')),
    }),
  }
}
