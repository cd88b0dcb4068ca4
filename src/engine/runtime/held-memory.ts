import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What this process holds once garbage is collected, twice: finalizers let go of buffers in between. */
export async function heldMemory(): Promise<NodeJS.MemoryUsage> {
  collectGarbage()
  await new Promise(resolve => setImmediate(resolve))
  collectGarbage()
  return process.memoryUsage()
}
