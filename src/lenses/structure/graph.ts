/** A cause and its effect, by number. */
export type Edge = readonly [from: number, to: number]

/** By node its parents, in order. */
export function parentsOf(nodes: number, edges: readonly Edge[]): number[][] {
  const parents = Array.from({ length: nodes }, (): number[] => [])
  for (const [from, to] of edges) parents[to]!.push(from)
  return parents.map(own => own.sort((a, b) => a - b))
}

/** The nodes of sets and all that lead to them. */
function withAncestors(parents: readonly (readonly number[])[], nodes: Iterable<number>): Set<number> {
  const found = new Set<number>()
  const waiting = [...nodes]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (found.has(node)) continue
    found.add(node)
    waiting.push(...parents[node]!)
  }
  return found
}

/** Whether a and b are independent given a set in every distribution of a directed acyclic graph (by its moral graph, Lauritzen 1990). */
export function separated(
  parents: readonly (readonly number[])[],
  a: number,
  b: number,
  given: ReadonlySet<number>,
): boolean {
  const kept = withAncestors(parents, [a, b, ...given])
  const beside = new Map([...kept].map(node => [node, new Set<number>()]))
  const join = (one: number, other: number) => {
    beside.get(one)!.add(other)
    beside.get(other)!.add(one)
  }
  for (const node of kept)
    for (const [i, parent] of parents[node]!.entries()) {
      join(node, parent)
      for (const other of parents[node]!.slice(i + 1)) join(parent, other)
    }
  const reached = new Set<number>([a])
  const waiting = [a]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop())
    for (const next of beside.get(node)!) {
      if (next === b) return false
      if (reached.has(next) || given.has(next)) continue
      reached.add(next)
      waiting.push(next)
    }
  return true
}

/** Whether edges lead back to where they start. */
export function cyclic(nodes: number, edges: readonly Edge[]): boolean {
  const parents = parentsOf(nodes, edges)
  const left = new Set(parents.keys())
  for (;;) {
    const roots = [...left].filter(node => !parents[node]!.some(parent => left.has(parent)))
    if (roots.length === 0) return left.size > 0
    for (const root of roots) left.delete(root)
  }
}

/** Every directed acyclic graph on some nodes that have names: 3 on two, 25 on three, 543 on four. */
export function* acyclicGraphs(nodes: number): Generator<Edge[]> {
  const pairs: Edge[] = []
  for (let a = 0; a < nodes; a++) for (let b = a + 1; b < nodes; b++) pairs.push([a, b])
  for (let code = 0; code < 3 ** pairs.length; code++) {
    const edges = pairs.flatMap(([a, b], k): Edge[] => {
      const way = Math.floor(code / 3 ** k) % 3
      return way === 0 ? [] : way === 1 ? [[a, b]] : [[b, a]]
    })
    if (!cyclic(nodes, edges)) yield edges
  }
}

/** Edges in one of the two but not in the other, over all edges of both: 0 for the same, 1 for nothing in common. */
export function normalisedDistance(found: readonly Edge[], truth: readonly Edge[]): number {
  if (found.length + truth.length === 0) return 0
  const name = (edge: Edge) => edge.join()
  const [own, wanted] = [new Set(found.map(name)), new Set(truth.map(name))]
  const apart = [...own].filter(edge => !wanted.has(edge)).length + [...wanted].filter(edge => !own.has(edge)).length
  return apart / (own.size + wanted.size)
}
