import { readFileSync } from 'node:fs'
import { createJiti } from 'jiti'
import { InterplayError } from '../../errors/index.ts'
import { asMapping, type ConfigurationFile } from './file.ts'

/** Runs a TypeScript or JavaScript configuration and takes its default export. Lines are those where the keys are first written. */
export async function readScript(path: string, name: string): Promise<ConfigurationFile> {
  const source = readFileSync(path, 'utf8').split('\n')
  return {
    name,
    content: asMapping(await run(path, name), name),
    line(path) {
      let at = 0
      for (const key of path) {
        const pattern = new RegExp(`(?<![\\w$])['"]?${key.replace(/[^\w]/g, '\\$&')}['"]?\\s*[:,}(]`)
        const found = source.findIndex((text, index) => index >= at && pattern.test(text))
        if (found < 0) return undefined
        at = found
      }
      return at + 1
    },
  }
}

async function run(path: string, name: string): Promise<unknown> {
  try {
    return await createJiti(import.meta.url, { moduleCache: false, fsCache: false }).import(path, { default: true })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause)
    throw new InterplayError('usage/config', `'${name}' cannot be run: ${message}`, { where: name, cause })
  }
}
