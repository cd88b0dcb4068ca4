const shortest = 100

/** A listener told at most ten times a second; never awaited. */
export function throttle<T>(listener: ((event: T) => void) | undefined): (event: T) => void {
  let last = -Infinity
  return event => {
    const now = performance.now()
    if (!listener || now - last < shortest) return
    last = now
    listener(event)
  }
}
