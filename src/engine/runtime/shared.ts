import type { Runtime, Session, SessionOptions } from './runtime.ts'

interface Shared {
  model: Uint8Array
  session: Promise<Session>
  users: number
}

/** A runtime that makes one session for equal graphs; it is closed with the last program that uses it. */
export class SharedSessions implements Runtime {
  readonly name: Runtime['name']
  private readonly sessions: Shared[] = []

  constructor(private readonly runtime: Runtime) {
    this.name = runtime.name
  }

  async createSession(model: Uint8Array, options?: SessionOptions): Promise<Session> {
    const shared = this.sessions.find(each => sameBytes(each.model, model)) ?? this.add(model, options)
    shared.users++
    try {
      return this.handle(shared, await shared.session)
    } catch (error) {
      this.remove(shared)
      throw error
    }
  }

  private add(model: Uint8Array, options?: SessionOptions): Shared {
    const shared = { model, session: this.runtime.createSession(model, options), users: 0 }
    this.sessions.push(shared)
    return shared
  }

  private remove(shared: Shared): void {
    const place = this.sessions.indexOf(shared)
    if (place >= 0) this.sessions.splice(place, 1)
  }

  private handle(shared: Shared, session: Session): Session {
    let open = true
    const close = async () => {
      if (!open) return
      open = false
      if (--shared.users > 0) return
      this.remove(shared)
      await session.close()
    }
    return {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      run: (feeds, fetches) => session.run(feeds, fetches),
      close,
      [Symbol.asyncDispose]: close,
    }
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
