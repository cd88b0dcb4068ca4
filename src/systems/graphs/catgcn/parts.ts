import type { Graph, Splits } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { Random } from '../../../random/index.ts'

export type Parts = Splits

/**
 * The graph's own splits, else its labelled nodes 80 : 10 : 10 at random.
 * @throws InterplayError `data/empty` for a part without labelled nodes, `data/unknown-value` for a class never shown in training
 */
export function partsOf({ labels, splits, names }: Graph, seed: number): Parts {
  const { values, classes, name } = labels!
  const labelled = (nodes: Int32Array) => nodes.filter(node => values[node]! >= 0)
  const parts = splits
    ? { train: labelled(splits.train), valid: labelled(splits.valid), test: labelled(splits.test) }
    : random(labelled(Int32Array.from(values.keys())), seed)
  for (const [part, nodes] of Object.entries(parts)) {
    if (nodes.length > 0) continue
    throw new InterplayError('data/empty', `no node of the ${part} part has a '${name}'`, {
      why: `${labelled(Int32Array.from(values.keys())).length} nodes have one`,
    })
  }
  const taught = new Set(Array.from(parts.train, node => values[node]!))
  for (const node of [...parts.valid, ...parts.test]) {
    const value = values[node]!
    if (taught.has(value)) continue
    throw new InterplayError('data/unknown-value', `no training node has '${name}' ${classes[value]}`, {
      why: `node '${names?.[node] ?? node}' has, and cannot be learned or judged`,
      try: '--seed 2',
    })
  }
  return parts
}

function random(labelled: Int32Array, seed: number): Parts {
  const order = new Random(seed, 'nodes.parts').permutation(labelled.length).map(i => labelled[i]!)
  const tenth = Math.max(1, Math.round(labelled.length / 10))
  return {
    train: order.slice(0, -2 * tenth),
    valid: order.slice(-2 * tenth, -tenth),
    test: order.slice(-tenth),
  }
}
