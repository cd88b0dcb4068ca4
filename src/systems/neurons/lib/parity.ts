import { State } from '../../../engine/index.ts'
import { integrationPoints } from '../../../lenses/network/index.ts'
import { dense, type Dense } from '../../../linear-algebra/index.ts'
import { relativeDifference, type GoldenCase } from '../../../study/index.ts'
import type { Network, NetworkData } from '../../../system/index.ts'
import { Perceptron, perceptronNetwork } from '../networks/perceptron.ts'
import { ModularTransformer, modularNetwork } from '../networks/modular-transformer.ts'
import type { Basis } from './directions.ts'
import { Sections } from './measure.ts'

type Precision = 'float32' | 'float64'

interface Configuration {
  network: 'mlp' | 'transformer'
  sizes: number[]
  modulus: number
  width: number
  heads: number
  hidden: number
  centred: boolean
  threshold: number
  /** As the authors write them; left out, `jacobian`. */
  formula?: keyof typeof formulas
  integration: keyof typeof rules
  /** One fewer than the points of the rule. */
  intervals?: number
  edges: 'squared' | 'functional'
}

const formulas = { jacobian: 'jacobian', '(1-0)*alpha': 'product', '(1-alpha)^2': 'difference' } as const
const rules = { gradient: 'point', trapezoidal: 'trapezoid', 'gauss-legendre': 'gauss-legendre' } as const

/** Largest distances from the authors' numbers, each relative to the largest of them. */
export interface LibParity {
  answers: number
  moments: number
  jacobians: number
  importances: number
  directions: number
  edges: number
  /** Directions and edges of the principal basis; left out where the case has none. */
  principal?: number
}

/** A network of the authors', with its data. */
function networkOf({ configuration, tensors }: GoldenCase, dtype: Precision): { network: Network; data: NetworkData } {
  const { network: kind, sizes, modulus, ...rest } = configuration as unknown as Configuration
  const model =
    kind === 'mlp'
      ? new Perceptron(sizes, { dtype })
      : new ModularTransformer({ ...rest, modulus, classes: modulus + 1, dtype })
  const state = new State({ model }, 1)
  for (const [path, parameter] of model.parameters())
    state.write(parameter, Float64Array.from(tensors[`parameter/${path}`]!.data as Float64Array))
  if (model instanceof ModularTransformer) {
    return {
      network: modularNetwork('transformer', model, state),
      data: { inputs: { tokens: tensors['input/tokens']! } },
    }
  }
  const x = tensors['input/x']!
  return {
    network: perceptronNetwork('mlp', model, state),
    data: {
      inputs: { x: { ...x, dtype, data: dtype === 'float64' ? x.data : Float32Array.from(x.data as Float64Array) } },
    },
  }
}

/**
 * Our second moments, Jacobian moments, importances, directions and edges against the authors'. Directions are compared
 * without their signs, which are free.
 */
export async function parityOf(
  golden: GoldenCase,
  dtype: Precision = 'float64',
  threshold = (golden.configuration as unknown as Configuration).threshold,
): Promise<LibParity> {
  const configuration = golden.configuration as unknown as Configuration
  const { centred, formula = 'jacobian', integration, intervals = 0, edges: edge } = configuration
  const derivatives = {
    moment: formulas[formula],
    edge,
    points: integrationPoints(rules[integration], intervals + 1),
  }
  const { network, data } = networkOf(golden, dtype)
  await using sections = new Sections(
    network,
    data,
    { layers: [], threshold, centred, batch: 20, derivatives },
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
  // Where a section mixes positions the authors give the constant's derivative to those it comes from, we to all evenly: the
  // constant's own scale differs, and nothing else.
  const skip = network.name === 'transformer' ? 1 : 0
  const inner = sections.layers.slice(0, -1).map((_, l) => l)
  const largest = async (of: (l: number) => number | Promise<number>) => Math.max(...(await Promise.all(inner.map(of))))
  const directions = (prefix: string, ours: readonly Basis[]) =>
    largest(l => {
      const theirs = { into: expected(`${prefix}basis.${l}`), back: expected(`${prefix}inverse.${l}`) }
      return directionDistance(ours[l]!, theirs, skip)
    })
  const linked = (prefix: string, found: readonly Dense[]) =>
    largest(l => relativeDifference(found[l]!.data, expected(`${prefix}edges.${l}`).data))
  const principal = async () => {
    const pca = await sections.bases('pca')
    return Math.max(await directions('pca.', pca), await linked('pca.', await sections.edges(pca)))
  }
  return {
    answers: relativeDifference(answers!.data as Float64Array, expected('y').data),
    moments: await largest(l => {
      const gram = expected(`gram.${l}`)
      const width = gram.rows - 1
      return relativeDifference(moments[l]!.gram.data, corner(gram, width).data)
    }),
    jacobians: await largest(async l => {
      const theirs = expected(`moment.${l}`)
      const { moment: ours } = await sections.derivativeMoments(l, bases[l + 1]!)
      const size = theirs.rows - skip
      return relativeDifference(corner(ours, size).data, corner(theirs, size).data)
    }),
    importances: await largest(l => {
      const ours = bases[l]!.importance.subarray(skip)
      const theirs = expected(`lambda.${l}`).data.slice(skip)
      // The older formulas' stand in the order of other eigenvalues.
      if (formula !== 'jacobian') theirs.sort().reverse()
      return relativeDifference(ours, theirs.subarray(0, ours.length))
    }),
    directions: await directions('', bases),
    edges: await linked('', edges),
    ...(golden.tensors['output/pca.basis.0'] && { principal: await principal() }),
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
  const sizes = ({ into: { columns, data } }: Directions) => data.filter((_, i) => i % columns >= skip).map(Math.abs)
  const inverse = ({ back: { columns, data } }: Directions) => data.subarray(skip * columns).map(Math.abs)
  return Math.max(relativeDifference(sizes(ours), sizes(theirs)), relativeDifference(inverse(ours), inverse(theirs)))
}
