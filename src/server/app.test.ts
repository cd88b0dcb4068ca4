import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from './app.ts'
import { tinyModel, tinyProbability } from './fixture.ts'
import { createPredictors, type Predictor } from './inference/predictor.ts'

let tiny: Predictor
let other: Predictor
let app: ReturnType<typeof createApp>

beforeAll(async () => {
  ;[tiny, other] = createPredictors([tinyModel(), tinyModel({ name: 'other' })], { workers: 1 }) as [
    Predictor,
    Predictor,
  ]
  await Promise.all([tiny.ready, other.ready])
  app = createApp([tiny], { limits: { maxRows: 20, maxBody: 10_000 } })
})

afterAll(() => Promise.all([tiny.close(), other.close()]))

const json = { 'Content-Type': 'application/json' }
const post = (body: BodyInit, headers: Record<string, string> = json, target = app, query = '') =>
  target.request(`/v1/predict${query}`, { method: 'POST', body, headers })
const rows = (...rows: unknown[]) => JSON.stringify({ rows })

describe('POST /v1/predict', () => {
  it('answers a prediction per row, with a warning for each unseen value', async () => {
    const response = await post(rows({ city: 'Paris', speed: 0.5 }, { city: 'Rome', speed: '-1' }, { speed: 2, id: 7 }))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      model: 'tiny',
      version: '9f2c41aa',
      predictions: [
        { probability: expect.closeTo(tinyProbability(0.5, 1), 6), label: 'yes' },
        { probability: expect.closeTo(tinyProbability(-1), 6), label: 'no' },
        { probability: expect.closeTo(tinyProbability(2), 6), label: 'yes' },
      ],
      warnings: [{ code: 'data/unseen-value', row: 1, field: 'city' }],
    })
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  })

  it('takes a bare array of rows', async () => {
    const { predictions } = await (await post('[{"speed": 0}]')).json()
    expect(predictions).toEqual([{ probability: 0.5, label: 'yes' }])
  })

  it('refuses all rows when one is not valid, naming rows and fields', async () => {
    const response = await post(rows({ speed: 1 }, { speed: 'fast', citty: 'Oslo' }, { city: 'Oslo' }))
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: '/problems/request/invalid',
      title: 'the request is not valid',
      status: 400,
      code: 'request/invalid',
      detail: '2 of 3 rows are not valid',
      requestId: expect.stringMatching(/^[0-9A-Z]{26}$/),
      errors: [
        { pointer: '/rows/1/citty', row: 1, field: 'citty', detail: 'is no field of this model; nearest: city' },
        { pointer: '/rows/1/speed', row: 1, field: 'speed', detail: 'must be a number, got text' },
        { pointer: '/rows/2/speed', row: 2, field: 'speed', detail: 'is required' },
      ],
    })
  })

  it.each([
    ['{', 'the body is not JSON'],
    ['', 'the body is not JSON'],
    ['null', 'the body must be an array, got null'],
    ['7', 'the body must be an array, got a number'],
    ['{}', '/rows must be an array, got nothing'],
    ['{"rows": {}}', '/rows must be an array, got an object'],
    ['{"rows": []}', '/rows holds no row'],
    ['{"rows": [{"speed": 1}], "a/b": 1}', "/a~1b is unknown; the body holds 'rows'"],
    ['{"rows": [null]}', '1 of 1 rows is not valid'],
    ['{"rows": [[1]]}', '1 of 1 rows is not valid'],
    ['{"rows": [{"speed": 1e999}]}', '1 of 1 rows is not valid'],
  ])('400 for %s', async (body, detail) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect((await response.json()).detail).toContain(detail)
  })

  it('400 for bytes that are not UTF-8', async () => {
    const response = await post(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))
    expect([response.status, (await response.json()).detail]).toEqual([400, 'the body is not UTF-8'])
  })

  it('answers null with the reason where the model overflows', async () => {
    const { predictions } = await (await post(rows({ speed: 1e39, city: 'Oslo' }, { speed: 0 }))).json()
    expect(predictions[0]).toEqual({ probability: null, label: null, reason: 'not finite' })
    expect(predictions[1]).toMatchObject({ probability: 0.5 })
  })

  it('413 above the limits of rows and bytes, declared or not', async () => {
    const many = await post(rows(...Array.from({ length: 21 }, () => ({ speed: 1 }))))
    expect([many.status, (await many.json()).title]).toEqual([413, '21 rows; one request holds 20 at most'])
    const long = ' '.repeat(10_001)
    expect((await post(long, { ...json, 'Content-Length': '10001' })).status).toBe(413)
    expect((await post(long)).status).toBe(413)
  })

  it.each([{}, { 'Content-Type': 'text/plain' }, { ...json, 'Content-Encoding': 'gzip' }])(
    '415 for %o',
    async headers => {
      expect((await post(rows({ speed: 1 }), headers as Record<string, string>)).status).toBe(415)
    },
  )

  it('429 with Retry-After when too many rows wait', async () => {
    const [full] = createPredictors([tinyModel()], { workers: 1, maxQueue: 1 })
    await full!.ready
    const response = await post(rows({ speed: 1 }, { speed: 2 }), json, createApp([full!]))
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await response.json()).code).toBe('server/busy')
    await full!.close()
  })

  it('500 without details when the fault is ours', async () => {
    const answer = () => Promise.reject(new Error('secret'))
    const response = await post(rows({ speed: 1 }), json, createApp([{ ...facade(tiny), answer }]))
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({
      type: '/problems/internal/error',
      title: 'internal error',
      status: 500,
      code: 'internal/error',
      detail: 'an internal error; see the server log',
      requestId: expect.any(String),
    })
  })

  it('503 while starting and while draining', async () => {
    const starting = createApp([{ ...facade(tiny), state: 'starting' }])
    const response = await post(rows({ speed: 1 }), json, starting)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await starting.request('/readyz')).status).toBe(503)
    expect((await starting.request('/healthz')).status).toBe(200)
    const draining = createApp([tiny], { draining: () => true })
    expect((await (await post(rows({ speed: 1 }), json, draining)).json()).code).toBe('server/draining')
  })

  it('504 when the rows do not run in time', async () => {
    const answer: Predictor['answer'] = (_, options) =>
      new Promise((_, reject) => options!.signal!.addEventListener('abort', () => reject(options!.signal!.reason)))
    const slow = createApp([{ ...facade(tiny), answer }], { limits: { timeout: 0.05 } })
    const response = await post(rows({ speed: 1 }), json, slow)
    expect([response.status, (await response.json()).code]).toEqual([504, 'server/timeout'])
  })

  it('chooses among several models by ?model=', async () => {
    const both = createApp([tiny, other])
    const ask = async (query: string) => (await post(rows({ speed: 1 }), json, both, query)).json()
    expect((await ask('?model=other')).model).toBe('other')
    expect((await ask('')).detail).toBe('2 models are served; name one with ?model=: tiny, other')
    expect(await ask('?model=othr')).toMatchObject({ status: 404, detail: "no model 'othr'; nearest: other" })
  })

  it('never answers 500 to what a client can send', async () => {
    const field = fc.oneof(fc.constantFrom('speed', 'city', '__proto__', 'constructor', 'toString', 'id'), fc.string())
    const row = fc.dictionary(field, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
    const text = fc.oneof(
      fc.jsonValue().map(value => JSON.stringify(value)),
      fc.array(row, { maxLength: 4 }).map(rows => JSON.stringify({ rows })),
      fc.array(row, { maxLength: 4 }).map(rows => JSON.stringify({ rows }).slice(0, -3)),
    )
    const body = fc.oneof(
      text,
      fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes)),
    )
    await fc.assert(
      fc.asyncProperty(body, async body => {
        const response = await post(body)
        expect([200, 400]).toContain(response.status)
        await response.json()
      }),
      { numRuns: 500 },
    )
  })
})

/** The same predictor, its members open to replacement. */
function facade(model: Predictor): Predictor {
  const { name, version, fields, outputs, ready, state, queuedRows } = model
  return {
    ...{ name, version, fields, outputs, ready, state, queuedRows },
    onBatch: () => undefined,
    predict: (...call) => model.predict(...call),
    answer: (...call) => model.answer(...call),
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

describe('the other routes', () => {
  it('describes its models without their vocabularies', async () => {
    expect(await (await app.request('/v1/models')).json()).toEqual({
      models: [
        {
          name: 'tiny',
          version: '9f2c41aa',
          state: 'ready',
          fields: [
            { name: 'city', type: 'categorical', required: false },
            { name: 'speed', type: 'numeric', required: true },
          ],
          outputs: [{ name: 'late', kind: 'probability', classes: ['no', 'yes'] }],
        },
      ],
    })
  })

  it('404 for unknown paths, 405 with Allow for wrong methods', async () => {
    const unknown = await app.request('/v2')
    expect([unknown.status, (await unknown.json()).detail]).toEqual([404, "no route '/v2'"])
    const wrong = await app.request('/v1/predict')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await app.request('/healthz', { method: 'DELETE' })).status).toBe(405)
    expect((await app.request('/healthz', { method: 'HEAD' })).status).toBe(200)
  })

  it('counts what it does', async () => {
    const counted = createApp([tiny])
    await post(rows({ speed: 1, city: 'Rome' }, { speed: 2, city: 'Bern' }), json, counted)
    await post(rows({ speed: 1 }, { speed: 'x' }, {}), json, counted)
    await counted.request('/nowhere')
    const text = await (await counted.request('/metrics')).text()
    for (const line of [
      'interplay_requests_total{route="/v1/predict",status="200"} 1',
      'interplay_requests_total{route="/v1/predict",status="400"} 1',
      'interplay_requests_total{route="unknown",status="404"} 1',
      'interplay_request_seconds_count 2',
      'interplay_batch_rows_sum 2',
      'interplay_batch_rows_count 1',
      'interplay_queue_rows 0',
      'interplay_unseen_values_total{field="city"} 2',
      'interplay_rejected_rows_total{code="request/invalid"} 3',
      'interplay_model_info{name="tiny",version="9f2c41aa"} 1',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
  })
})

describe('explanations', () => {
  const explanations = (ask: () => Promise<object>) => [
    {
      model: 'tiny',
      explain: (request: unknown) => Promise.resolve({ request: request as object }),
      ask,
      close: async () => {},
    },
  ]
  let explained: typeof app
  beforeAll(() => {
    explained = createApp([tiny, other], { explanations: explanations(() => Promise.resolve({ reply: 1 })) })
  })
  const sent = (path: string, target = explained) =>
    target.request(path, { method: 'POST', body: '{"row":2}', headers: json })

  it('are of the model asked about, where its rows are held', async () => {
    const response = await sent('/v1/explain?model=tiny')
    expect([response.status, await response.json()]).toEqual([200, { request: { row: 2 } }])
    expect(await (await sent('/v1/ask?model=tiny')).json()).toEqual({ reply: 1 })
    expect((await sent('/v1/ask?model=other')).status).toBe(404)
    expect((await sent('/v1/explain', app)).status).toBe(404)
    expect((await explained.request('/v1/ask?model=tiny')).status).toBe(405)
  })

  it('take turns: those that would wait too long are refused, and one over time is given up', async () => {
    const started: (() => void)[] = []
    const slow = createApp([tiny], {
      limits: { timeout: 0.3 },
      explanations: explanations(() => new Promise(resolve => started.push(() => resolve({})))),
    })
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await sent('/v1/ask', slow)).status))
    expect(statuses.sort()).toEqual([429, 429, ...Array<number>(8).fill(504)].sort())
    expect(started).toHaveLength(1)
  })
})

describe('access', () => {
  it('demands the token for everything but the probes', async () => {
    const secured = createApp([tiny], { token: 'correct-horse' })
    const models = (headers: Record<string, string>) => secured.request('/v1/models', { headers })
    const refused = await models({})
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect((await models({ Authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await models({ Authorization: 'Bearer correct-horse' })).status).toBe(200)
    expect((await secured.request('/metrics')).status).toBe(401)
    expect((await secured.request('/v2')).status).toBe(401)
    expect((await secured.request('/healthz')).status).toBe(200)
    expect((await secured.request('/readyz')).status).toBe(200)
  })

  it('403 for a foreign origin, and for a foreign host where no token guards', async () => {
    const ask = async (headers: Record<string, string>, target = app) =>
      (await target.request('/healthz', { headers })).status
    expect(await ask({ Host: '127.0.0.1:8080' })).toBe(200)
    expect(await ask({ Host: 'localhost', Origin: 'http://localhost' })).toBe(200)
    expect(await ask({ Host: '[::1]:8080' })).toBe(200)
    expect(await ask({ Host: 'rebound.example' })).toBe(403)
    expect(await ask({ Host: '127.0.0.1.example' })).toBe(403)
    expect(await ask({ Host: 'localhost:8080', Origin: 'http://evil.example' })).toBe(403)
    expect(await ask({ Host: 'localhost:8080', Origin: 'null' })).toBe(403)
    expect(await ask({ Host: 'models.example' }, createApp([tiny], { token: 'correct-horse' }))).toBe(200)
  })
})
