import { InterplayError } from '../../errors/index.ts'
import type { Kind } from './kind.ts'
import { jsonOrText } from './pairs.ts'

export type Settings = Record<string, unknown>

const isMapping = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A system's own options, `--set KEY=VALUE`: values parse as JSON, else text; dots reach inside
 * (`gate.hidden=[400]`). In a configuration file a mapping, nested or with dotted keys.
 */
export const settings: Kind<Settings> = {
  expected: "KEY=VALUE, as in 'gate.hidden=[400]'",
  read(value) {
    const target: Settings = {}
    if (isMapping(value)) {
      for (const [path, leaf] of leaves(value)) place(target, path, leaf)
      return target
    }
    const texts = typeof value === 'string' ? textsOf(value) : value
    if (isMapping(texts)) return settings.read(texts)
    if (!Array.isArray(texts) || texts.length === 0) return undefined
    for (const text of texts) {
      const match = typeof text === 'string' ? /^\s*([^=\s][^=]*?)\s*=(.*)$/s.exec(text) : null
      if (!match) return undefined
      const path = match[1]!.split('.')
      if (path.includes('')) return undefined
      place(target, path, jsonOrText(match[2]!))
    }
    return target
  },
  merge(lower, higher) {
    const target: Settings = {}
    const over = new Set(settings.paths!(higher))
    for (const [path, value] of leaves(lower)) {
      const name = path.join('.')
      const replaced = [...over].some(other => `${name}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${name}.`))
      if (!replaced) place(target, path, value)
    }
    for (const [path, value] of leaves(higher)) place(target, path, value)
    return target
  },
  paths: value => [...leaves(value)].map(([path]) => path.join('.')),
}

/** A variable holds a JSON mapping, or `KEY=VALUE` a line. */
function textsOf(text: string): unknown {
  const json = jsonOrText(text)
  return isMapping(json) ? json : text.split('\n').filter(line => line.trim() !== '')
}

/** Every leaf with its path; an empty mapping is a leaf. Dotted keys are opened. */
function* leaves(mapping: Settings, above: string[] = []): Generator<[string[], unknown]> {
  for (const [key, value] of Object.entries(mapping)) {
    const path = [...above, ...key.split('.')]
    if (isMapping(value) && Object.keys(value).length > 0) yield* leaves(value, path)
    else yield [path, value]
  }
}

function place(target: Settings, path: string[], value: unknown): void {
  let inside = target
  for (const [depth, key] of path.slice(0, -1).entries()) {
    const next = Object.hasOwn(inside, key) ? inside[key] : undefined
    if (next !== undefined && !isMapping(next)) {
      const outer = path.slice(0, depth + 1).join('.')
      throw new InterplayError(
        'option/conflict',
        `${outer} is set to ${JSON.stringify(next)} and to have ${path.join('.')}`,
      )
    }
    inside = (next ?? put(inside, key, {})) as Settings
  }
  put(inside, path.at(-1)!, value)
}

/** Defines rather than assigns: `__proto__` is a key like any other. */
function put(target: Settings, key: string, value: unknown): unknown {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  return value
}
