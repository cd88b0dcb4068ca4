import { Hono, type Context } from 'hono'
import { InterplayError, suggest } from '../errors/index.ts'
import { readJson } from './body.ts'
import { Turns, type Explanations } from './explanations.ts'
import { bearer, sameSite } from './guard.ts'
import type { Predictor } from './inference/predictor.ts'
import { parseLimits, type Limits } from './limits.ts'
import type { Logger } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { openapi } from './openapi.ts'
import { faultOf, problem } from './problem.ts'
import { ulid } from './request-id.ts'

export interface AppOptions {
  limits?: Partial<Limits>
  /** Bearer token for everything but `/healthz` and `/readyz`. Without one, only a loopback `Host` is answered. */
  token?: string
  /** Draining: everything but `/healthz` and `/metrics` is refused with 503. */
  draining?: () => boolean
  /** Models that are explained and talked about too. */
  explanations?: readonly Explanations[]
  log?: Logger
}

interface Variables {
  requestId: string
  /** Rows of the request, once they are known. */
  rows: number
}

type AppContext = Context<{ Variables: Variables }>

/** The HTTP service over models that are ready or starting: a Hono app, to be mounted or listened with. */
export function createApp(models: readonly Predictor[], options: AppOptions = {}): Hono<{ Variables: Variables }> {
  const limits = parseLimits(options.limits)
  const metrics = createMetrics(models)
  const { explanations = [] } = options
  const document = openapi(models, limits, {
    secured: options.token !== undefined,
    explained: explanations.map(({ model }) => model),
  })
  const app = new Hono<{ Variables: Variables }>()

  app.use(observe(metrics, options))
  app.use(sameSite({ loopbackOnly: options.token === undefined }))

  route(app, 'GET', '/healthz', context => context.json({ status: 'ok' }))
  route(app, 'GET', '/readyz', context => {
    refuseUnlessReady(models, options.draining)
    return context.json({ status: 'ready' })
  })

  if (options.token !== undefined) app.use(bearer(options.token))

  route(app, 'GET', '/metrics', async context =>
    context.body(await metrics.registry.metrics(), 200, { 'Content-Type': metrics.registry.contentType }),
  )
  route(app, 'GET', '/openapi.json', context => context.json(document))
  route(app, 'GET', '/v1/models', context => context.json({ models: models.map(describe) }))
  route(app, 'POST', '/v1/predict', async context => {
    const signal = AbortSignal.any([AbortSignal.timeout(limits.timeout * 1000), context.req.raw.signal])
    const model = choose(models, context.req.query('model'))
    refuseUnlessReady([model], options.draining)
    const input = await readJson(context.req, limits.maxBody)
    context.set('rows', rowsIn(input))
    const { predictions, warnings, unseen } = await model.answer(input, { signal, maxRows: limits.maxRows })
    for (const field in unseen) metrics.unseenValues.inc({ field }, unseen[field])
    return context.json({ model: model.name, version: model.version, predictions, warnings })
  })

  const turns = new Turns()
  for (const way of ['explain', 'ask'] as const) {
    if (explanations.length === 0) break
    route(app, 'POST', `/v1/${way}`, async context => {
      const signal = AbortSignal.any([AbortSignal.timeout(limits.timeout * 1000), context.req.raw.signal])
      const { name } = choose(models, context.req.query('model'))
      refuseUnlessReady([], options.draining)
      const explained = explanations.find(({ model }) => model === name)
      if (!explained) throw new InterplayError('server/not-found', `'${name}' is served without its rows`)
      const request = await readJson(context.req, limits.maxBody)
      return context.json(await turns.take(() => explained[way](request), signal))
    })
  }

  app.notFound(context => {
    const error = new InterplayError('server/not-found', `no route '${context.req.path}'`)
    return problem(context, error, context.get('requestId'))
  })
  app.onError((error, context) => {
    const fault = faultOf(error)
    const requestId = context.get('requestId')
    metrics.rejectedRows.inc({ code: fault.code }, context.get('rows') ?? 0)
    if (fault.status >= 500) options.log?.error({ requestId, code: fault.code, err: error }, fault.message)
    return problem(context, fault, requestId)
  })
  return app
}

type Handler = (context: AppContext) => Response | Promise<Response>

/** A route and, for every other method, 405. */
function route(app: Hono<{ Variables: Variables }>, method: 'GET' | 'POST', path: string, handler: Handler): void {
  app.on(method, path, handler)
  app.all(path, context => {
    context.header('Allow', method === 'GET' ? 'GET, HEAD' : method)
    throw new InterplayError('server/method', `${path} takes ${method}, not ${context.req.method}`)
  })
}

/** Names, times, counts and logs every request; while draining, its connection ends with it. */
function observe(metrics: Metrics, { log, draining }: AppOptions) {
  return async (context: AppContext, next: () => Promise<void>) => {
    const started = performance.now()
    const requestId = ulid()
    context.set('requestId', requestId)
    context.header('X-Request-Id', requestId)
    await next()
    if (draining?.()) context.header('Connection', 'close')
    const seconds = (performance.now() - started) / 1000
    const route = known.has(context.req.path) ? context.req.path : 'unknown'
    const status = context.res.status
    metrics.requests.inc({ route, status })
    if (route === '/v1/predict') metrics.seconds.observe(seconds)
    log?.info({ requestId, method: context.req.method, route, status, seconds, rows: context.get('rows') }, 'answered')
  }
}

const known = new Set([
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/v1/models',
  '/v1/predict',
  '/v1/explain',
  '/v1/ask',
])

function refuseUnlessReady(models: readonly Predictor[], draining?: () => boolean): void {
  if (draining?.()) throw new InterplayError('server/draining', 'this server is stopping')
  const waiting = models.filter(model => model.state !== 'ready')
  if (waiting.length === 0) return
  const names = waiting.map(model => `'${model.name}' is ${model.state}`)
  throw new InterplayError('server/starting', names.join(', '))
}

function choose(models: readonly Predictor[], name: string | undefined): Predictor {
  const names = models.map(model => model.name)
  if (name === undefined) {
    if (models.length === 1) return models[0]!
    throw new InterplayError('request/invalid', 'the request is not valid', {
      why: `${models.length} models are served; name one with ?model=: ${names.join(', ')}`,
    })
  }
  const model = models.find(model => model.name === name)
  if (model) return model
  const near = suggest(name, names)
  throw new InterplayError('server/not-found', `no model '${name}'`, {
    why: `no model '${name}'; ${near.length > 0 ? `nearest: ${near.join(', ')}` : `served: ${names.join(', ')}`}`,
  })
}

const rowsIn = (input: unknown): number => {
  const rows = (input as { rows?: unknown } | null)?.rows ?? input
  return Array.isArray(rows) ? rows.length : 0
}

/** Without vocabularies: their values are data. */
const describe = ({ name, version, fields, outputs, state }: Predictor) => ({
  name,
  version,
  state,
  fields: fields.map(({ name, type, required }) => ({ name, type, required })),
  outputs,
})
