import { concat, traceNamed, type DataType, type Shape, type Tensor } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Network } from '../../system/index.ts'

/** A cut through a network: one intermediate, or several side by side, as [rows, features] or [rows, positions, features]. */
export interface NodeLayer {
  name: string
  /** What the trace calls them; none for the network's answer. */
  sites: readonly string[]
  /** Features of each. */
  widths: readonly number[]
  /** Features of all. */
  width: number
  /** Rows and positions. */
  leading: Shape
  dtype: DataType
}

/** The network's own answer as a layer, unless it names an intermediate so. */
export const outputLayer = 'output'

/** The names that `a+b` puts side by side, as the trace knows them. */
export function sitesOf(network: Network, layer: string): string[] {
  if (layer === outputLayer && !network.layers?.includes(outputLayer)) return []
  return layer.split('+').map(name => network.resolve?.(name) ?? name)
}

/** A network traced whole: each layer and what stands there. */
export function tracedLayers(
  network: Network,
  names: readonly string[],
  inputs: Readonly<Record<string, Tensor>>,
): { layers: NodeLayer[]; values: Tensor[] } {
  const sites = names.map(name => sitesOf(network, name))
  const { traced, named } = traceNamed(() => network.trace(inputs), { read: [...new Set(sites.flat())] })
  const parts = sites.map(own => (own.length === 0 ? [answerOf(network, traced)] : own.map(site => named[site]!)))
  return {
    layers: names.map((name, l) => layerOf(name, sites[l]!, parts[l]!)),
    values: parts.map(own => (own.length === 1 ? own[0]! : concat(own, -1))),
  }
}

export function answerOf(network: Network, traced: Readonly<Record<string, Tensor>>): Tensor {
  const [first] = Object.values(traced)
  if (first) return first
  throw new InterplayError('lens/needs', `'${network.name}' answers nothing`)
}

function layerOf(name: string, sites: readonly string[], parts: readonly Tensor[]): NodeLayer {
  const [first] = parts
  const leading = first!.shape.slice(0, -1)
  for (const { rank, shape, dtype } of parts) {
    const width = shape.at(-1)
    const fits =
      (rank === 2 || rank === 3) &&
      typeof width === 'number' &&
      (dtype === 'float32' || dtype === 'float64') &&
      dtype === first!.dtype &&
      leading.every((extent, axis) => extent === shape[axis]) &&
      typeof shape[0] === 'string'
    if (fits) continue
    throw new InterplayError('lens/needs', `the layer '${name}' is ${dtype}[${shape.join(', ')}]`, {
      why: 'a layer is numbers of [rows, features] or [rows, positions, features], the rows open; several agree in all but features',
      try: '--at with other intermediates',
    })
  }
  const widths = parts.map(({ shape }) => shape.at(-1) as number)
  return { name, sites, widths, width: widths.reduce((sum, each) => sum + each, 0), leading, dtype: first!.dtype }
}
