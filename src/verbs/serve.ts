import { served } from './open.ts'
import { serve as listen, type RunningServer, type ServeOptions as ListenOptions } from '../server/index.ts'

export interface ServeOptions extends Omit<ListenOptions, 'explanations'> {
  /** Also answers `/v1/explain` and `/v1/ask`, from the rows that each run was tested on: who may ask may see them. */
  explain?: boolean
}

/** Answers HTTP for one or several runs or bundles. Throws what opening them, or binding the port, throws. */
export async function serve(
  paths: readonly string[],
  { explain, ...options }: ServeOptions = {},
): Promise<RunningServer> {
  const models = await Promise.all(paths.map(served))
  if (!explain) return listen(models, options)
  const { runExplanations } = await import('./explanations.ts')
  return listen(models, { ...options, explanations: await Promise.all(paths.map(runExplanations)) })
}
