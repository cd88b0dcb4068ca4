import { existsSync } from 'node:fs'
import { extname, join, relative, resolve } from 'node:path'
import { InterplayError } from '../../errors/index.ts'

/** A configuration as read: its mapping, and where each of its keys stands. */
export interface ConfigurationFile {
  /** As the person would name it, relative to the working folder. */
  name: string
  content: Record<string, unknown>
  /** The line of a key, from 1, where it is known. */
  line(path: string[]): number | undefined
}

const defaults = ['interplay.config.yaml', 'interplay.config.ts']

/**
 * The configuration of `--config FILE`, else the one in the working folder, else none.
 * @throws InterplayError `data/not-found` for a file named that is not there, `usage/config` for two in one folder,
 * another type of file, or one that does not parse.
 */
export async function readConfiguration(folder: string, named?: string): Promise<ConfigurationFile | undefined> {
  const path = named === undefined ? findDefault(folder) : resolve(folder, named)
  if (path === undefined) return undefined
  const name = relative(folder, path) || path
  if (!existsSync(path))
    throw new InterplayError('data/not-found', `no file '${named}'`, { where: `--config ${named}` })
  if (['.yaml', '.yml', '.json'].includes(extname(path))) return (await import('./yaml.ts')).readYaml(path, name)
  if (['.ts', '.mts', '.js', '.mjs'].includes(extname(path)))
    return (await import('./script.ts')).readScript(path, name)
  throw new InterplayError('usage/config', `'${name}' is neither YAML nor TypeScript`, { where: `--config ${named}` })
}

function findDefault(folder: string): string | undefined {
  const [first, second] = defaults.filter(name => existsSync(join(folder, name)))
  if (second !== undefined) {
    throw new InterplayError('usage/config', `this folder has two configurations, ${first} and ${second}`, {
      try: `--config ${first}`,
    })
  }
  return first === undefined ? undefined : join(folder, first)
}

/** The content must be a mapping; an empty file is an empty one. */
export function asMapping(content: unknown, name: string): Record<string, unknown> {
  if (content == null) return {}
  if (typeof content === 'object' && !Array.isArray(content)) return content as Record<string, unknown>
  throw new InterplayError('usage/config', `'${name}' is not a mapping of verbs to their flags`, {
    try: 'fit: { target: clicked }',
  })
}
