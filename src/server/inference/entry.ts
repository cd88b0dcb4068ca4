import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

export interface Entry {
  url: URL
  execArgv: string[]
}

/** The module `name` beside `importer` as the start of a thread or process; run from TypeScript sources it compiles what it imports. */
export function entryBeside(importer: string, name: string): Entry {
  const fromSource = importer.endsWith('.ts')
  return {
    url: new URL(`./${name}.${fromSource ? 'ts' : 'js'}`, importer),
    execArgv: fromSource ? ['--import', compiler()] : [],
  }
}

function compiler(): string {
  const jiti = pathToFileURL(createRequire(import.meta.url).resolve('jiti'))
  return new URL('jiti-register.mjs', jiti).href
}
