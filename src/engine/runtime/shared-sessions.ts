import type { Runtime, Session, SessionOptions } from './runtime.ts'

interface Shared {
  model: Uint8Array
  session: Promise<Session>
  users: number
}

const sessions = new WeakMap<Runtime, Map<string, Shared[]>>()

/** FNV-1a. */
function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])

/** A session that everyone with the same graph and options uses together, and its release by one of them. */
export interface SessionLease {
  session: Promise<Session>
  release(): Promise<void>
}

/** The session of this graph: one that is open already, so that making the same program twice costs one session. */
export function leaseSession(runtime: Runtime, model: Uint8Array, options: SessionOptions): SessionLease {
  const open = sessions.get(runtime) ?? new Map<string, Shared[]>()
  sessions.set(runtime, open)
  const key = `${hashBytes(model)} ${JSON.stringify(options)}`
  const alike = open.get(key) ?? []
  open.set(key, alike)
  let shared = alike.find(each => sameBytes(each.model, model))
  if (!shared) {
    shared = { model, session: runtime.createSession(model, options), users: 0 }
    alike.push(shared)
  }
  const own = shared
  const forget = () => {
    alike.splice(alike.indexOf(own), 1)
    if (alike.length === 0) open.delete(key)
  }
  own.users++
  let released = false
  return {
    session: own.session,
    async release() {
      if (released) return
      released = true
      if (--own.users > 0) return
      forget()
      await own.session.then(
        session => session.close(),
        () => undefined,
      )
    },
  }
}
