import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { InterplayError } from '../errors/index.ts'

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i

/** Whether an address is reachable from this machine only. */
export const isLoopback = (host: string): boolean => loopback.test(host)

const hostOf = (authority: string) => authority.replace(/:\d+$/, '')

/**
 * Refuses what a browser sends on behalf of a foreign page: an `Origin` other than this server, and, on a server without
 * token, a `Host` that is not loopback (a name that was made to resolve here).
 */
export function sameSite(options: { loopbackOnly: boolean }): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host')
    if (options.loopbackOnly && host !== undefined && !isLoopback(hostOf(host))) {
      throw new InterplayError('server/forbidden', 'this server answers requests to a loopback address only')
    }
    const origin = context.req.header('origin')
    if (origin !== undefined && !isOrigin(origin, host)) {
      throw new InterplayError('server/forbidden', 'requests of another origin are not answered')
    }
    await next()
  }
}

const isOrigin = (origin: string, host: string | undefined) =>
  host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Demands `Authorization: Bearer <token>`, compared in constant time. */
export function bearer(token: string): MiddlewareHandler {
  const expected = digest(token)
  return async (context, next) => {
    const given = /^Bearer +(\S+) *$/i.exec(context.req.header('authorization') ?? '')?.[1]
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      context.header('WWW-Authenticate', 'Bearer')
      throw new InterplayError(
        'server/unauthorized',
        given ? 'the token is not this server’s' : 'a bearer token is needed',
      )
    }
    await next()
  }
}
