import { served } from './open.ts'
import { serve as listen, type RunningServer, type ServeOptions } from '../server/index.ts'

/** Answers HTTP for one or several runs or bundles. Throws what opening them, or binding the port, throws. */
export async function serve(paths: readonly string[], options: ServeOptions = {}): Promise<RunningServer> {
  return listen(await Promise.all(paths.map(served)), options)
}
