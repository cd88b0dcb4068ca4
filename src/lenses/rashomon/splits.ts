/** Every way to cut `whole` into `parts` positive integers, in order. */
export function compositions(whole: number, parts: number): number[][] {
  if (parts === 1) return whole >= 1 ? [[whole]] : []
  return Array.from({ length: Math.max(0, whole - parts + 1) }, (_, k) => k + 1).flatMap(first =>
    compositions(whole - first, parts - 1).map(rest => [first, ...rest]),
  )
}

/** Every choice of a direction for each part: first all up. */
export function directions(parts: number): (1 | -1)[][] {
  return Array.from({ length: 2 ** parts }, (_, bits) =>
    Array.from({ length: parts }, (_, k) => ((bits >> (parts - 1 - k)) & 1 ? -1 : 1) as 1 | -1),
  )
}

/** Every set of so many of the first `count` integers. */
export function subsets(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]]
  return Array.from({ length: Math.max(0, count - from) }, (_, k) => from + k).flatMap(first =>
    subsets(count, size - 1, first + 1).map(rest => [first, ...rest]),
  )
}
