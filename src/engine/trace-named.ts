import { InterplayError, suggest } from '../errors/index.ts'
import type { Tensor } from './tensor.ts'
import { expectLike } from './look.ts'
import { watching } from './watch.ts'

export interface NamedTrace<T> {
  traced: T
  /** The intermediates asked for, as everything after them reads them. */
  named: Readonly<Record<string, Tensor>>
}

/**
 * Traces with intermediates read and replaced by name: how a network is cut into sections. Each name must be that of one
 * intermediate.
 *
 * @throws InterplayError `engine/name` with the nearest names; `shape/mismatch` for a replacement of another shape
 */
export function traceNamed<T>(
  trace: () => T,
  { read, replace = {} }: { read: readonly string[]; replace?: Readonly<Record<string, (x: Tensor) => Tensor>> },
): NamedTrace<T> {
  const wanted = new Set([...read, ...Object.keys(replace)])
  const met = new Set<string>()
  const seen = new Map<string, Tensor>()
  const traced = watching(
    {
      wants: name => (met.add(name), wanted.has(name)),
      replace: (x, name) => (Object.hasOwn(replace, name) ? expectLike(x, replace[name]!(x), name) : x),
      saw: (x, name) => {
        if (seen.has(name)) throw new InterplayError('engine/name', `several intermediates are named '${name}'`)
        seen.set(name, x)
      },
    },
    trace,
  )
  for (const name of wanted) {
    if (seen.has(name)) continue
    const near = suggest(name, [...met])
    throw new InterplayError('engine/name', `the model has no intermediate '${name}'`, {
      why: near.length > 0 ? `nearest: ${near.join(', ')}` : met.size > 0 ? `there are ${list([...met])}` : undefined,
    })
  }
  return { traced, named: Object.fromEntries(seen) }
}

const list = (names: readonly string[]): string =>
  `${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`
