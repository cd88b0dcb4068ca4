/** Runs tasks one after the other, in the order in which they came. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve()

  take<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.last.then(task)
    this.last = turn.catch(() => undefined)
    return turn
  }
}
