import { exportOnnx, importOnnx, type HostTensor } from '../../../engine/index.ts'
import { dense, multiply, type Dense } from '../../../linear-algebra/index.ts'
import { Random } from '../../../random/index.ts'
import type { DerivativeOptions } from '../../../lenses/network/index.ts'
import { relativeDifference } from '../../../study/index.ts'
import { importedNetwork, type Network, type NetworkData } from '../../../system/index.ts'
import { drawn, perceptronData } from '../networks/perceptron.ts'
import { Ablations } from './ablation.ts'
import type { Basis } from './directions.ts'
import { Sections, type BasisOptions } from './measure.ts'
import { fit } from './scores.ts'

const context = { seed: 1, threads: 1, progress: () => {} }

const sectionsOf = (network: Network, data: NetworkData, options: Partial<BasisOptions> = {}) =>
  new Sections(network, data, { layers: [], threshold: 1e-12, ...options }, context)

/** Of a linear network, its last layer turned too: the largest edge off the diagonal, of the largest on it. */
export async function linearEdges(): Promise<number> {
  const { network, data } = drawn([6, 5, 5, 4], { activation: 'none', dtype: 'float64' })
  await using sections = sectionsOf(network, data, { rotateFinal: true })
  const edges = await sections.edges(await sections.bases('lib'))
  return Math.max(
    ...edges.map(({ columns, data: values }) => {
      const size = (on: boolean) =>
        values.reduce(
          (most, value, at) => ((Math.floor(at / columns) === at % columns) === on ? Math.max(most, value) : most),
          0,
        )
      return size(false) / size(true)
    }),
  )
}

const half = 3

/**
 * Of a network of two blocks on inputs of every pair of halves, which are uncorrelated: the largest edge between blocks, of
 * the largest edge.
 */
export async function crossBlockEdges(): Promise<number> {
  const size = 2 * half
  const { network, model, state } = drawn([size, size, size, size], { dtype: 'float64' })
  for (const { weight } of model.layers) {
    const values = state.read(weight).data
    state.write(
      weight,
      values.map((value, at) => (block(Math.floor(at / size)) === block(at % size) ? value : 0)),
    )
  }
  const random = new Random(7, 'lib.blocks')
  const halves = Array.from({ length: 12 }, () => Array.from({ length: half }, () => random.normal()))
  const pairs = halves.slice(0, 6).flatMap(a => halves.slice(6).map(b => [...a, ...b]))
  await using sections = sectionsOf(network, perceptronData(model, Float64Array.from(pairs.flat())))
  const bases = await sections.bases('lib')
  const edges = await sections.edges(bases)
  return Math.max(...edges.map((edge, l) => crossing(edge, bases[l]!, bases[l + 1]!)))
}

const block = (feature: number): number => Number(feature >= half)

function crossing({ columns, data }: Dense, from: Basis, to: Basis): number {
  const [sources, outputs] = [from, to].map(blocksOf)
  let [cross, most] = [0, 0]
  data.forEach((value, at) => {
    const [source, output] = [sources![at % columns], outputs![Math.floor(at / columns)]]
    if (source === undefined || output === undefined) return
    most = Math.max(most, value)
    if (source !== output) cross = Math.max(cross, value)
  })
  return cross / most
}

/** The block in which each direction has most of its weight; none of the constant. */
function blocksOf({ into, constant }: Basis): (number | undefined)[] {
  return Array.from({ length: into.columns }, (_, j) => {
    if (constant && j === 0) return undefined
    const weights = [0, 0]
    for (let i = 0; i < 2 * half; i++) weights[block(i)]! += into.data[i * into.columns + j]! ** 2
    return weights[0]! > weights[1]! ? 0 : 1
  })
}

/** x C C^+ against x where no direction was dropped, relative; the loss of a network that keeps all its directions and edges. */
export async function nothingDropped(): Promise<{ span: number; whole: number }> {
  const { network, data } = drawn([4, 5, 6], { dtype: 'float64' })
  await using sections = sectionsOf(network, data)
  const bases = await sections.bases('lib')
  const values = await sections.activations.of(data)
  const span = Math.max(...bases.slice(0, -1).map((basis, l) => spanError(values[l]!, basis)))
  const edges = await sections.edges(bases)
  await using ablations = await Ablations.on(sections, data, { score: fit, tolerance: 1e-9, batch: 25 }, context)
  const found = []
  for (const [l, basis] of bases.slice(0, -1).entries()) {
    found.push(await ablations.nodes(l, basis), await ablations.edges(l, basis, bases[l + 1]!, edges[l]!))
  }
  return { span, whole: Math.max(...found.map(({ curve }) => Math.abs(1 - curve.at(-1)!.score))) }
}

function spanError({ dims, data }: HostTensor, { into, back }: Basis): number {
  const [rows, width] = dims as [number, number]
  if (into.columns < width + 1) return Infinity
  const x = dense(rows, width + 1)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= width; j++) x.data[i * (width + 1) + j] = j < width ? (data[i * width + j] as number) : 1
  return relativeDifference(multiply(multiply(x, into), back).data, x.data)
}

/** M' of random signs against the exact one, relative to its largest element. */
export async function probedMoment(directions: number): Promise<number> {
  const { network, data } = drawn([6, 8, 5], { dtype: 'float64' })
  await using whole = sectionsOf(network, data)
  await using probed = sectionsOf(network, data, { probes: { positions: 0, directions } })
  const next = (await whole.bases('neuron'))[1]!
  const [exact, estimate] = [await whole.derivativeMoments(0, next), await probed.derivativeMoments(0, next)]
  return relativeDifference(estimate.moment.data, exact.moment.data)
}

/**
 * A network of rectifiers whose constant shrinks with its inputs goes a straight way to 0: integrated derivatives are those at
 * the end, and what the older formulas look at is proportional to f(1) f'(1). The largest distance of edges, relative.
 */
export async function straightWay(derivatives: DerivativeOptions): Promise<number> {
  const { network, data } = drawn([5, 7, 6, 4], { dtype: 'float64' })
  const edgesOf = async (options: Partial<BasisOptions>) => {
    await using sections = sectionsOf(network, data, { layers: ['layer.0', 'layer.2'], ...options })
    return await sections.edges(await sections.bases('pca'))
  }
  const [ours, plain] = [await edgesOf({ derivatives }), await edgesOf({})]
  return Math.max(...ours.map((edge, l) => relativeDifference(edge.data, plain[l]!.data)))
}

/** A network written to an ONNX file and read again, against itself: importances and edges, relative. */
export async function importedSame(): Promise<number> {
  const { network, data } = drawn([5, 6, 4])
  const bytes = exportOnnx({ name: 'drawn', inputs: network.inputs, state: network.state, trace: network.trace })
  await using model = await importOnnx(bytes, { file: 'drawn.onnx' })
  const imported = importedNetwork(model)
  const hidden = model.values.find(name => /relu/i.test(name))!
  const measured = async (subject: Network, layers: string[]) => {
    await using sections = sectionsOf(subject, data, { layers, threshold: 1e-6 })
    const bases = await sections.bases('lib')
    return { importance: bases[0]!.importance, edges: (await sections.edges(bases)).map(edge => edge.data) }
  }
  const [own, read] = [await measured(network, ['layer.0', 'layer.1']), await measured(imported, ['x', hidden])]
  return Math.max(
    relativeDifference(read.importance, own.importance),
    ...read.edges.map((edge, l) => relativeDifference(edge, own.edges[l]!)),
  )
}
