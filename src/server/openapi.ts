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

/** The OpenAPI 3.1 document of the service, rows and predictions described field by field for every model. */
export function openapi(models: readonly Predictor[], limits: Limits, secured: boolean): Schema {
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
  const faults = problems.map(status => [status, { $ref: '#/components/responses/Problem' }])
  return {
    summary,
    responses: { 200: { description: 'Done', content: { [media]: { schema } } }, ...Object.fromEntries(faults) },
  }
}

function predict(models: readonly Predictor[], limits: Limits): Schema {
  const eitherOf = (part: string): Schema => {
    const schemas = models.map((_, index) => reference(nameOf(index, part)))
    return schemas.length === 1 ? schemas[0]! : { anyOf: schemas }
  }
  const model = { type: 'string', enum: models.map(model => model.name) }
  const problems = ['400', '401', '403', '404', '405', '413', '415', '429', '500', '503', '504']
  return {
    ...answers('One prediction per row; all rows are valid or none is answered', eitherOf('Response'), problems),
    description: `At most ${limits.maxRows} rows and ${limits.maxBody} bytes a request, answered within ${limits.timeout} s.`,
    parameters: [{ name: 'model', in: 'query', required: models.length > 1, schema: model }],
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
