import { Random } from '../../random/index.ts'
import type { Graph } from '../graph/graph.ts'
import type { World, WorldOptions } from './world.ts'

export interface PlantedGraph extends Graph {
  /** The columns whose categories together make the class; the others are noise. */
  pair: readonly [string, string]
}

const classes = 4
const noiseColumns = 3
const noiseValues = 10
const resampled = 0.2
const sameClass = 0.45

/**
 * Nodes with five categories: a and b of four values, three of ten values that say nothing. The class is (a + b) mod 4,
 * after which each of a and b is drawn anew with probability 0.2. Three edges a node: one end uniform, the other of the
 * same class with probability 0.45, else uniform. No category says anything alone.
 */
export const plantedGraph: World<PlantedGraph> = {
  name: 'planted-graph',
  title: 'nodes whose class is the sum of two categories, and whose neighbours tend to share it',
  task: 'graph',
  make({ seed, size = 'full' }: WorldOptions): PlantedGraph {
    const nodes = size === 'full' ? 3_000 : 400
    const random = new Random(seed, 'planted-graph')
    const names = [...'ab'].concat(Array.from({ length: noiseColumns }, (_, i) => `noise${i}`))
    const sizes = names.map((_, column) => (column < 2 ? classes : noiseValues))
    const starts = sizes.map((_, column) => 1 + sizes.slice(0, column).reduce((sum, each) => sum + each, 0))
    const values = names.flatMap((name, column) => Array.from({ length: sizes[column]! }, (_, k) => `${name}=${k}`))
    const ids = new Int32Array(nodes * names.length)
    const labels = new Int32Array(nodes)
    for (let node = 0; node < nodes; node++) {
      const row = sizes.map(count => random.integer(count))
      labels[node] = (row[0]! + row[1]!) % classes
      for (const column of [0, 1]) if (random.uniform() < resampled) row[column] = random.integer(classes)
      row.forEach((value, column) => (ids[node * names.length + column] = starts[column]! + value))
    }
    const members = Array.from({ length: classes }, (_, k) =>
      Array.from(labels.keys()).filter(node => labels[node] === k),
    )
    const source = new Int32Array(3 * nodes)
    const target = source.map((_, edge) => {
      source[edge] = random.integer(nodes)
      const alike = members[labels[source[edge]]!]!
      return random.uniform() < sameClass ? alike[random.integer(alike.length)]! : random.integer(nodes)
    })
    const order = random.permutation(nodes)
    const [half, tenth] = [nodes / 2, nodes / 10]
    return {
      nodes,
      categories: { ids, slots: names.length, size: values.length + 1, values: ['', ...values] },
      edges: { source, target, directed: false },
      labels: { name: 'class', classes: Array.from({ length: classes }, (_, k) => String(k)), values: labels },
      splits: { train: order.slice(0, half), valid: order.slice(half, half + tenth), test: order.slice(half + tenth) },
      pair: ['a', 'b'],
    }
  },
}
