import { setTimeout } from 'node:timers/promises'
import { InterplayError } from '../../errors/index.ts'
import type { Columns, Predictor, PredictorField } from '../predictor.ts'

export interface EndpointOptions {
  fields: readonly PredictorField[]
  /** By field and code, what is sent for it; the field's own words where left out. */
  cells?: readonly (readonly unknown[] | undefined)[]
  /** Sent as a bearer token. */
  token?: string
  /** Rows of one request; servers refuse more than 1,000 by default. */
  batch?: number
}

interface Answered {
  predictions?: Record<string, unknown>[]
}

/** Too many rows wait, or the server is starting: asked again, this often, after so many milliseconds. */
const busy = new Set([429, 503])
const mostTries = 20
const pause = 500

const clamp = (probability: number) => Math.min(1 - 1e-12, Math.max(1e-12, probability))

/**
 * A model behind `POST /v1/predict`: rows go as JSON, a probability comes back as log-odds, any other number as it is.
 *
 * @throws InterplayError `predictor/answer` where it refuses or answers otherwise
 */
export function endpointPredictor(
  url: string,
  { fields, cells = [], token, batch = 1000 }: EndpointOptions,
): Predictor {
  const address = new URL(/\/v1\/predict\/?(\?|$)/.test(url) ? url : `${url.replace(/\/$/, '')}/v1/predict`)
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const predict = async (columns: Columns, signal?: AbortSignal): Promise<Float64Array> => {
    const count = columns[0]?.length ?? 0
    const rows = Array.from({ length: count }, (_, r) =>
      Object.fromEntries(fields.map((field, f) => [field.name, cell(field, columns[f]![r]!, cells[f])])),
    )
    const request = { method: 'POST', headers, body: JSON.stringify({ rows }), signal }
    let response = await fetch(address, request)
    for (let tries = 0; busy.has(response.status) && tries < mostTries; tries++) {
      await setTimeout(pause, undefined, { signal })
      response = await fetch(address, request)
    }
    const body = (await response.json().catch(() => ({}))) as Answered & { detail?: string; title?: string }
    if (!response.ok)
      throw new InterplayError('predictor/answer', `the endpoint answered ${response.status} to ${count} rows`, {
        where: url,
        why: body.detail ?? body.title,
      })
    return Float64Array.from(body.predictions ?? [], numberOf)
  }
  return { name: url, fields, output: { kind: 'logit', names: ['answer'] }, batch, predict }
}

const cell = ({ values }: PredictorField, value: number, cells: readonly unknown[] | undefined = values): unknown =>
  cells ? (cells[value] ?? null) : Number.isNaN(value) ? null : value

/** The first number of an answer. */
function numberOf(answer: Record<string, unknown>): number {
  const { probability } = answer
  if (typeof probability === 'number') return Math.log(clamp(probability) / (1 - clamp(probability)))
  return (Object.values(answer).find(value => typeof value === 'number') as number | undefined) ?? NaN
}
