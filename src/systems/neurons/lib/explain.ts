import { ablationCurves, formatCount, formatMetric, formatQuantity, layeredGraph } from '../../../charts/index.ts'
import type { HostTensor } from '../../../engine/index.ts'
import type { Dense } from '../../../linear-algebra/index.ts'
import { countExamples, examplesAt, integrationPoints, type NodeLayer } from '../../../lenses/network/index.ts'
import type { Explanation, Figure, Finding, Network, NetworkData, RunContext } from '../../../system/index.ts'
import { Ablations, countedEdges, type Ablation } from './ablation.ts'
import { clustersOf, type Clusters } from './clusters.ts'
import type { Basis } from './directions.ts'
import { Sections, type BasisKind } from './measure.ts'
import type { LibOptions } from './options.ts'
import { scores } from './scores.ts'

/** What is known of a network in one basis. */
export interface Interactions {
  kind: BasisKind
  bases: readonly Basis[]
  edges: readonly Dense[]
  /** By layer, and by section; empty where not asked for. */
  nodesNeeded: readonly Ablation[]
  edgesNeeded: readonly Ablation[]
}

/** Edges told where no ablation says how many matter. */
const toldEdges = 100

/**
 * The local interaction basis of a network: directions of its layers, how strongly they drive each other, and how few of
 * both its answers need.
 */
export async function explain(
  network: Network,
  data: NetworkData,
  options: LibOptions,
  context: RunContext,
): Promise<Explanation> {
  const { learned, judged } = partsOf(data)
  const { threshold, batch, positionProbes, directionProbes } = options
  const probes = { positions: positionProbes, directions: directionProbes }
  const { formula: moment, edges: edge, integration, points } = options
  const derivatives = { moment, edge, points: integrationPoints(integration, points) }
  const measured = { layers: options.layers, threshold, batch, probes, derivatives }
  await using sections = new Sections(network, learned, measured, context)
  const kinds: BasisKind[] = options.compare ? [options.basis, ...others(options.basis)] : [options.basis]
  const found: Interactions[] = []
  for (const kind of kinds) found.push(await interactionsIn(kind, sections, judged, options, context))
  const main = found[0]!
  const clusters = clustersOf(main.bases, main.edges, smallestKept(main), {
    resolution: options.resolution,
    seed: context.seed,
  })
  return {
    results: findingsOf(main, sections.layers, clusters),
    complete: true,
    table: ablationTable(found, sections.layers),
    figures: figuresOf(found, sections.layers, clusters, countExamples(judged), options),
    tensors: tensorsOf(main, sections.layers),
    notes: notesOf(data, options, learned, judged, main, sections.layers, clusters),
  }
}

/** Bases, edges and ablations of one kind. */
export async function interactionsIn(
  kind: BasisKind,
  sections: Sections,
  judged: NetworkData,
  options: Pick<LibOptions, 'ablate' | 'score' | 'tolerance' | 'batch'>,
  context: RunContext,
): Promise<Interactions> {
  const { ablate, tolerance, batch } = options
  const bases = await sections.bases(kind)
  const edges = await sections.edges(bases)
  const [nodesNeeded, edgesNeeded]: Ablation[][] = [[], []]
  if (ablate === 'none') return { kind, bases, edges, nodesNeeded: [], edgesNeeded: [] }
  await using ablations = await Ablations.on(
    sections,
    judged,
    { score: scores[options.score], tolerance, batch },
    context,
  )
  for (const [l, basis] of bases.slice(0, -1).entries()) {
    context.progress({ stage: `ablation in the ${kind} basis`, done: l, total: bases.length - 1 })
    if (ablate !== 'edges') nodesNeeded!.push(await ablations.nodes(l, basis))
    if (ablate !== 'nodes') edgesNeeded!.push(await ablations.edges(l, basis, bases[l + 1]!, edges[l]!))
  }
  return { kind, bases, edges, nodesNeeded: nodesNeeded!, edgesNeeded: edgesNeeded! }
}

const others = (kind: BasisKind): BasisKind[] => (['lib', 'pca', 'neuron'] as const).filter(each => each !== kind)

/** The examples that bases are measured on, and those that judge them. */
function partsOf(data: NetworkData): { learned: NetworkData; judged: NetworkData } {
  const { splits } = data
  if (!splits || splits.train.length === 0 || splits.test.length === 0) return { learned: data, judged: data }
  return { learned: examplesAt(data, splits.train), judged: examplesAt(data, splits.test) }
}

/** The smallest edge that each section needs; of all its edges where that is not known. Infinite where it has none. */
function smallestKept({ bases, edges, edgesNeeded }: Interactions): number[] {
  return edges.map((edge, l) => {
    const weights = countedEdges(edge, bases[l]!.constant).filter(weight => weight > 0)
    const needed = edgesNeeded[l]?.needed ?? toldEdges
    return weights.sort((a, b) => b - a)[Math.min(needed, weights.length) - 1] ?? Infinity
  })
}

const nameOf = (layer: NodeLayer, direction: number, { constant }: Basis): string =>
  constant && direction === 0 ? `${layer.name}.constant` : `${layer.name}.${direction}`

/** The edges that are needed, strongest first, then every direction's importance. */
function findingsOf(main: Interactions, layers: readonly NodeLayer[], clusters: Clusters): Finding[] {
  const smallest = smallestKept(main)
  const edges = main.edges.flatMap(({ columns, data }, l) =>
    Array.from(data, (value, at): Finding & { counted: boolean } => {
      const [i, j] = [Math.floor(at / columns), at % columns]
      const [from, to] = [main.bases[l]!, main.bases[l + 1]!]
      return {
        set: [nameOf(layers[l]!, j, from), nameOf(layers[l + 1]!, i, to)],
        index: 'edge',
        value,
        counted: value >= smallest[l]! && !(from.constant && j === 0) && !(to.constant && i === 0),
      }
    }),
  )
  const kept = edges.filter(({ counted }) => counted).sort((a, b) => b.value - a.value)
  const nodes = main.bases.slice(0, -1).flatMap((basis, l) =>
    Array.from(basis.importance, (value, j): Finding => ({
      set: [nameOf(layers[l]!, j, basis)],
      index: 'importance',
      value,
      reason: `cluster ${clusters.of[l]![j]! + 1}`,
    })),
  )
  return [...kept.map(({ counted: _, ...finding }) => finding), ...nodes]
}

function ablationTable(found: readonly Interactions[], layers: readonly NodeLayer[]): Explanation['table'] {
  const rows = found.flatMap(({ kind, bases, nodesNeeded, edgesNeeded }) =>
    bases
      .slice(0, -1)
      .map((basis, l) => [
        kind,
        layers[l]!.name,
        basis.into.columns,
        nodesNeeded[l]?.needed ?? null,
        edgesNeeded[l]?.of ?? null,
        edgesNeeded[l]?.needed ?? null,
      ]),
  )
  return { columns: ['basis', 'layer', 'directions', 'needed', 'edges', 'edges needed'], rows }
}

function figuresOf(
  found: readonly Interactions[],
  layers: readonly NodeLayer[],
  clusters: Clusters,
  examples: number,
  { score }: LibOptions,
): Figure[] {
  const main = found[0]!
  const smallest = smallestKept(main)
  const sampleSize = formatQuantity(examples, 'test example')
  const firsts = main.bases.map(({ constant }) => Number(constant))
  const links = main.edges.flatMap(({ columns, data }, l) =>
    Array.from(data, (strength, at) => ({
      layer: l,
      from: (at % columns) - firsts[l]!,
      to: Math.floor(at / columns) - firsts[l + 1]!,
      strength,
    })).filter(({ from, to, strength }) => from >= 0 && to >= 0 && strength >= smallest[l]!),
  )
  const graph = layeredGraph({
    title: `${formatQuantity(links.length, 'edge')} between directions, in ${formatQuantity(main.edges.length, 'section')}`,
    layers: layers.map(({ name }, l) => ({
      name,
      nodes: Array.from(main.bases[l]!.importance.subarray(firsts[l]!), (importance, j) => ({
        name: String(j + firsts[l]!),
        importance,
        cluster: clusters.of[l]![j + firsts[l]!]! + 1,
      })),
    })),
    edges: links,
    sampleSize,
    units: 'squared effect',
  })
  const curves = (of: 'nodesNeeded' | 'edgesNeeded', what: (l: number) => string) =>
    main[of].map(({ needed, of: all }, l) =>
      ablationCurves({
        title: `${formatCount(needed)} of ${formatCount(all)} ${what(l)} are needed in the ${main.kind} basis`,
        series: found.map(each => ({ name: each.kind, points: each[of][l]!.curve })),
        what: what(l),
        score,
        sampleSize,
      }),
    )
  return [
    graph,
    ...curves('nodesNeeded', l => `directions of ${layers[l]!.name}`),
    ...curves('edgesNeeded', l => `edges from ${layers[l]!.name}`),
  ]
}

/** C, C^+ and Lambda of every layer, E of every section. */
function tensorsOf({ bases, edges }: Interactions, layers: readonly NodeLayer[]): Record<string, HostTensor> {
  const matrix = ({ rows, columns, data }: Dense): HostTensor => ({ dtype: 'float64', dims: [rows, columns], data })
  return Object.fromEntries([
    ...bases.flatMap(({ into, back, importance }, l): [string, HostTensor][] => [
      [`${layers[l]!.name}/basis`, matrix(into)],
      [`${layers[l]!.name}/inverse`, matrix(back)],
      [`${layers[l]!.name}/importance`, { dtype: 'float64', dims: [importance.length], data: importance }],
    ]),
    ...edges.map((edge, l): [string, HostTensor] => [`${layers[l]!.name}/edges`, matrix(edge)]),
  ])
}

function notesOf(
  data: NetworkData,
  options: LibOptions,
  learned: NetworkData,
  judged: NetworkData,
  main: Interactions,
  layers: readonly NodeLayer[],
  clusters: Clusters,
): string[] {
  const { ablate, score, tolerance } = options
  const examples = countExamples(learned)
  const wide = layers.slice(0, -1).filter(({ width }) => examples < width)
  const dropped = layers.slice(0, -1).flatMap(({ name, width }, l) => {
    const gone = width + 1 - main.bases[l]!.into.columns
    return gone > 0 ? [`${name} ${gone} of ${width + 1}`] : []
  })
  return [
    howMeasured(options),
    'directions of the constant are free: edges from them are not counted',
    ...(wide.length > 0
      ? [
          `${formatQuantity(examples, 'example')} for ${wide.map(({ name, width }) => `${width} features of ${name}`).join(', ')}: the basis spans what the examples show, no more`,
        ]
      : []),
    ...(dropped.length > 0 ? [`directions without variance or effect, left out: ${dropped.join(', ')}`] : []),
    ...(ablate === 'none'
      ? []
      : [
          `needed: the fewest that keep ${score} within ${formatMetric(tolerance)} of the whole network's`,
          ...(learned === judged
            ? ['the data have no splits: what is needed is judged on what the basis was measured on']
            : []),
          ...(data.labels || score === 'fit'
            ? []
            : ["the data have no labels: the network's own classes stand for them"]),
        ]),
    `modularity of the clusters ${formatMetric(clusters.modularity)}`,
  ]
}

const ruleNames = { trapezoid: 'trapezoid rule', 'gauss-legendre': 'Gauss-Legendre rule' }

/** Whose derivatives edges are of, where they are taken, and what is told of the basis beside. */
function howMeasured({ basis, formula, edges, integration, points }: LibOptions): string {
  const what = edges === 'squared' ? 'squared' : 'on the squared difference from what is sent'
  const where =
    integration === 'point'
      ? `edges are of one-point derivatives at the activations, ${what}; they are no integrated gradients`
      : `edges are of derivatives integrated from nothing to the activations, ${what} (${ruleNames[integration]}, ${formatQuantity(points, 'point')})`
  return basis === 'lib' && formula !== 'jacobian' ? `${where}; the basis is by the older formula '${formula}'` : where
}
