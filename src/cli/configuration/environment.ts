import { variableName } from '../flags/flag.ts'
import type { Source } from './source.ts'

/** Each flag is also a variable: `--max-batch` is `INTERPLAY_MAX_BATCH`. An empty variable counts as not set. */
export const environmentSource = (environment: NodeJS.ProcessEnv): Source => ({
  find(key) {
    const name = variableName(key)
    const value = environment[name]
    if (value === undefined || value === '') return undefined
    return { value, origin: `environment ${name}`, where: `${name}=${value}` }
  },
})
