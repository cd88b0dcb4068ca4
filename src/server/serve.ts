import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { requireDevice } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import { createApp } from './app.ts'
import type { Explanations } from './explanations.ts'
import { isLoopback } from './guard.ts'
import type { HostModel, ServedModel } from './inference/model.ts'
import { createPredictors, type PredictorOptions } from './inference/predictor.ts'
import { parseLimits, type Limits } from './limits.ts'
import type { Logger } from './log.ts'

export interface ServeOptions extends Pick<PredictorOptions, 'workers' | 'threads' | 'device'> {
  limits?: Partial<Limits>
  /** 127.0.0.1 when absent; any other than loopback needs a token. */
  host?: string
  /** 8080 when absent; 0 takes a free one. */
  port?: number
  /** File that holds the bearer token. */
  tokenFile?: string
  /** Models that `/v1/explain` and `/v1/ask` answer about, from rows that they hold; closed with the server. */
  explanations?: readonly Explanations[]
  log?: Logger
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string
  /** Every model is loaded; requests before are answered 503. */
  readonly ready: Promise<void>
  /** Refuses new requests, answers the accepted ones, then frees the port and the workers. */
  close(): Promise<void>
}

/**
 * Listens at once and loads the models meanwhile.
 *
 * @throws InterplayError `engine/device`, `server/open-host`, `server/port`, `server/address`, `option/invalid`, `data/not-found` for the token's file.
 */
export async function serve(
  models: readonly (ServedModel | HostModel)[],
  options: ServeOptions = {},
): Promise<RunningServer> {
  const { host = '127.0.0.1', port = 8080, workers, threads, device, explanations = [], log } = options
  await requireDevice(device)
  const token = options.tokenFile === undefined ? undefined : await readToken(options.tokenFile)
  if (!isLoopback(host) && token === undefined) {
    throw new InterplayError('server/open-host', 'binding beyond loopback needs a token', {
      where: `--host ${host}`,
      try: '--token-file FILE',
    })
  }
  const limits = parseLimits(options.limits)
  const predictors = createPredictors(models, { ...limits, workers, threads, device })
  let draining = false
  const app = createApp(predictors, { limits, token, log, explanations, draining: () => draining })
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { requestTimeout: limits.timeout * 1000, headersTimeout: limits.timeout * 1000 },
  }) as Server
  try {
    await listen(server, host, port)
  } catch (error) {
    await closeAll([...predictors, ...explanations])
    throw error
  }
  let closing: Promise<void> | undefined
  const drain = async () => {
    draining = true
    await stop(server, limits.timeout)
    await closeAll([...predictors, ...explanations])
  }
  const close = () => (closing ??= drain())
  const ready = Promise.all(predictors.map(predictor => predictor.ready)).then(() => undefined)
  ready.catch(() => undefined)
  return { url: urlOf(server, host), ready, close, [Symbol.asyncDispose]: close }
}

async function readToken(path: string): Promise<string> {
  let token: string
  try {
    token = (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw new InterplayError('data/not-found', `no file '${path}'`, { where: `--token-file ${path}`, cause })
  }
  if (/^\S+$/.test(token)) return token
  throw new InterplayError('option/invalid', `'${path}' must hold one token without spaces`, {
    where: `--token-file ${path}`,
  })
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(unheard(error, host, port)))
    server.listen(port, host, resolve)
  })
}

/** Addresses that are no machine's, or another's. */
const strange = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']

function unheard(error: NodeJS.ErrnoException, host: string, port: number): InterplayError {
  const { code, message: why } = error
  if (code !== undefined && strange.includes(code)) {
    const fields = { where: `--host ${host}`, why, try: '--host 127.0.0.1', cause: error }
    return new InterplayError('server/address', `'${host}' is no address of this machine`, fields)
  }
  if (code === 'EADDRINUSE') {
    return new InterplayError('server/port', `port ${port} is taken`, { try: `--port ${port + 1}`, cause: error })
  }
  const fields = { why, try: port < 1024 ? '--port 8080' : `--port ${port + 1}`, cause: error }
  return new InterplayError('server/port', `cannot listen on ${host}, port ${port}`, fields)
}

/** Ends when the last request is answered; a connection still open after `timeout` seconds is cut. */
function stop(server: Server, timeout: number): Promise<void> {
  return new Promise(resolve => {
    const cut = setTimeout(() => server.closeAllConnections(), timeout * 1000)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}

const closeAll = (closing: readonly { close(): Promise<void> }[]) => Promise.all(closing.map(each => each.close()))

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
