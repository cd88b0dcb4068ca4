/** Exit statuses of the two signals a person or a supervisor stops a command with. */
const statuses = { SIGINT: 130, SIGTERM: 143 } as const

export type StopSignal = keyof typeof statuses

/** The first signal asks the work to stop after its step; a second one leaves at once. */
export class Interrupt {
  readonly controller = new AbortController()
  private received: StopSignal | undefined
  private readonly listeners: [StopSignal, () => void][]

  /**
   * @param said called at the first signal
   * @param leave called with the exit status at the second
   */
  constructor(said: (signal: StopSignal) => void, leave: (status: number) => void) {
    this.listeners = (Object.keys(statuses) as StopSignal[]).map(name => {
      const listener = () => {
        if (this.received) return leave(statuses[name])
        this.received = name
        said(name)
        this.controller.abort(new DOMException(name, 'AbortError'))
      }
      process.on(name, listener)
      return [name, listener]
    })
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** 130 or 143 once a signal came. */
  get status(): number | undefined {
    return this.received && statuses[this.received]
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.listeners) process.off(name, listener)
  }
}
