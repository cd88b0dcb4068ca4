import type { Tensor } from './tensor.ts'

/** What looks at named intermediates while a graph is traced. */
export interface Watch {
  /** Whether a name is of interest. */
  wants(name: string): boolean
  /** The tensor that takes the named one's place; the same one to leave it. */
  replace(x: Tensor, name: string): Tensor
  /** What everything after the name reads. */
  saw(x: Tensor, name: string): void
}

const watches: Watch[] = []

/** Traces under a watch. Tracing is synchronous, so nothing else is traced meanwhile; watches nest, the inner looks first. */
export function watching<T>(watch: Watch, trace: () => T): T {
  watches.unshift(watch)
  try {
    return trace()
  } finally {
    watches.shift()
  }
}

export const isWatched = (name: string): boolean => watches.some(watch => watch.wants(name))

/** Shows `x` to the watches under a name; `mark` makes the tensor that everything after it reads. */
export function watched(x: Tensor, name: string, mark: (x: Tensor) => Tensor): Tensor {
  let value = x
  for (const watch of watches) {
    if (!watch.wants(name)) continue
    value = mark(watch.replace(value, name))
    watch.saw(value, name)
  }
  return value === x ? mark(x) : value
}
