import type { RunningServer } from './serve.ts'

/**
 * Drains on SIGTERM (exit 0) or Ctrl-C (exit 130); a second signal leaves at once. Resolves with the exit status when the
 * server is closed.
 */
export function closeOnSignal(server: RunningServer): Promise<number> {
  return new Promise((resolve, reject) => {
    const statuses = { SIGTERM: 0, SIGINT: 130 }
    let stopping = false
    const listener = (signal: 'SIGTERM' | 'SIGINT') => {
      if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143)
      stopping = true
      server.close().then(() => {
        process.off('SIGTERM', listener).off('SIGINT', listener)
        resolve(statuses[signal])
      }, reject)
    }
    process.on('SIGTERM', listener).on('SIGINT', listener)
  })
}
