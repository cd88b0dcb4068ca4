import { State, float64, type Tensor } from '../../../engine/index.ts'
import { dense, type Dense } from '../../../linear-algebra/index.ts'
import { Linear, Module } from '../../../nn/index.ts'
import { relativeDifference, type GoldenCase } from '../../../study/index.ts'
import type { Network, NetworkData } from '../../../system/index.ts'
import { ModularTransformer, modularNetwork } from '../networks/modular-transformer.ts'
import type { Basis } from './directions.ts'
import { Sections } from './measure.ts'

interface Configuration {
  network: 'mlp' | 'transformer'
  sizes: number[]
  modulus: number
  width: number
  heads: number
  hidden: number
  centred: boolean
  threshold: number
}

/** Largest distances from the authors' numbers, each relative to the largest of them. */
export interface LibParity {
  answers: number
  moments: number
  jacobians: number
  importances: number
  directions: number
  edges: number
  /** Directions and edges of the principal basis. */
  principal: number
}

/** A network of the authors' in float64, with its data. */
function networkOf({ configuration, tensors }: GoldenCase): { network: Network; data: NetworkData } {
  const { network: kind, sizes, modulus, ...rest } = configuration as unknown as Configuration
  const model =
    kind === 'mlp' ? new Mlp(sizes) : new ModularTransformer({ ...rest, modulus, classes: modulus + 1, dtype: 'float64' })
  const state = new State({ model }, 1)
  for (const [path, parameter] of model.parameters())
    state.write(parameter, tensors[`parameter/${path}`]!.data as Float64Array)
  if (model instanceof ModularTransformer) {
    return { network: modularNetwork('transformer', model, state), data: { inputs: { tokens: tensors['input/tokens']! } } }
  }
  const network: Network = {
    name: 'mlp',
    inputs: { x: float64(['batch', sizes[0]!]) },
    state,
    trace: ({ x }) => ({ y: model.forward(x!) }),
    layers: model.layers.map((_, l) => `layer.${l}`),
  }
  return { network, data: { inputs: { x: tensors['input/x']! } } }
}

/** Linear layers with rectified units between them; what enters each is named. */
class Mlp extends Module {
  readonly layers: readonly Linear[]

  constructor(sizes: readonly number[]) {
    super()
    this.layers = sizes.slice(1).map((size, l) => new Linear(sizes[l]!, size, { dtype: 'float64' }))
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer, l) => layer.forward((l === 0 ? h : h.relu()).named(`layer.${l}`)), x)
  }
}

/**
 * Our second moments, Jacobian moments, importances, directions and edges against the authors'. Directions are compared
 * without their signs, which are free.
 */
export async function parityOf(golden: GoldenCase): Promise<LibParity> {
  const { centred, threshold } = golden.configuration as unknown as Configuration
  const { network, data } = networkOf(golden)
  await using sections = new Sections(
    network,
    data,
    { layers: [], threshold, centred, batch: 20 },
    { seed: 1, threads: 1, progress: () => {} },
  )
  const expected = (name: string): Dense => {
    const { dims, data: values } = golden.tensors[`output/${name}`]!
    return dense(dims.length === 1 ? 1 : dims[0]!, dims.at(-1)!, values as Float64Array)
  }
  const moments = await sections.activations.moments(data, { centred, batch: 20 })
  const [answers] = (await sections.activations.of(data)).slice(-1)
  const bases = await sections.bases('lib')
  const edges = await sections.edges(bases)
  const pca = await sections.bases('pca')
  const pcaEdges = await sections.edges(pca)
  // Where a section mixes positions the authors give the constant's derivative to those it comes from, we to all evenly: the
  // constant's own scale differs, and nothing else.
  const skip = network.name === 'transformer' ? 1 : 0
  const inner = sections.layers.slice(0, -1).map((_, l) => l)
  const largest = async (of: (l: number) => number | Promise<number>) => Math.max(...(await Promise.all(inner.map(of))))
  const against = (prefix: string, ours: readonly Basis[], found: readonly Dense[]) =>
    largest(l => {
      const theirs = { into: expected(`${prefix}basis.${l}`), back: expected(`${prefix}inverse.${l}`) }
      const sizes = [ours[l]!.into, found[l]!].map(each => each.columns)
      if (sizes.some(size => size !== theirs.into.columns)) return Infinity
      return Math.max(
        directionDistance(ours[l]!, theirs, skip),
        relativeDifference(found[l]!.data, expected(`${prefix}edges.${l}`).data),
      )
    })
  return {
    answers: relativeDifference(answers!.data as Float64Array, expected('y').data),
    moments: await largest(l => {
      const gram = expected(`gram.${l}`)
      const width = gram.rows - 1
      return relativeDifference(moments[l]!.gram.data, corner(gram, width).data)
    }),
    jacobians: await largest(async l => {
      const theirs = expected(`moment.${l}`)
      const ours = await sections.jacobianMoment(l, bases[l + 1]!)
      const size = theirs.rows - skip
      return relativeDifference(corner(ours, size).data, corner(theirs, size).data)
    }),
    importances: await largest(l => {
      const ours = bases[l]!.importance
      return relativeDifference(ours.subarray(skip), expected(`lambda.${l}`).data.subarray(skip, ours.length))
    }),
    directions: await largest(l =>
      directionDistance(bases[l]!, { into: expected(`basis.${l}`), back: expected(`inverse.${l}`) }, skip),
    ),
    edges: await against('', bases, edges),
    principal: await against('pca.', pca, pcaEdges),
  }
}

const corner = ({ columns, data }: Dense, size: number): Dense =>
  dense(
    size,
    size,
    Float64Array.from({ length: size * size }, (_, i) => data[Math.floor(i / size) * columns + (i % size)]!),
  )

type Directions = Pick<Basis, 'into' | 'back'>

/** Largest distance of |C| and |C^+|, behind the first `skip` directions. */
function directionDistance(ours: Directions, theirs: Directions, skip: number): number {
  if (ours.into.columns !== theirs.into.columns) return Infinity
  const sizes = ({ into: { columns, data } }: Directions) =>
    data.filter((_, i) => i % columns >= skip).map(Math.abs)
  const inverse = ({ back: { columns, data } }: Directions) => data.subarray(skip * columns).map(Math.abs)
  return Math.max(
    relativeDifference(sizes(ours), sizes(theirs)),
    relativeDifference(inverse(ours), inverse(theirs)),
  )
}
