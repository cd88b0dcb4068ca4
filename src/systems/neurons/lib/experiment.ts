import { formatMetric } from '../../../charts/format.ts'
import {
  languageTasks,
  modularAddition,
  tinyLanguage,
  type ModularAddition,
  type TinyLanguage,
} from '../../../data/index.ts'
import { examplesAt } from '../../../lenses/network/index.ts'
import { goldenCases, type GoldenCase } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { smallLanguage, trainLanguage, type LanguageTraining } from '../networks/train-language.ts'
import { smallModular, trainModular, type ModularTraining } from '../networks/train-modular.ts'
import { crossBlockEdges, importedSame, linearEdges, nothingDropped, probedMoment } from './closed-forms.ts'
import { interactionsIn, type Interactions } from './explain.ts'
import { Sections, type BasisKind } from './measure.ts'
import { options as schema } from './options.ts'
import { parityOf } from './parity.ts'

export async function run(context: StudyContext): Promise<void> {
  await parity(context)
  await closedForms(context)
  await language(context)
  await sums(context)
}

async function parity({ settle, skip }: StudyContext): Promise<void> {
  const cases = await goldenCases('lib')
  if (!cases) {
    for (const claim of ['parity', 'single']) skip(claim, 'fixtures are not here')
    return
  }
  const largest = async (
    chosen: readonly GoldenCase[],
    measure: (golden: GoldenCase) => ReturnType<typeof parityOf>,
  ) => {
    let most = 0
    for (const golden of chosen) most = Math.max(most, ...Object.values(await measure(golden)))
    return most
  }
  const double = await largest(cases, golden => parityOf(golden))
  settle('parity', { measured: double, holds: double <= 1e-8, note: `${cases.length} golden cases` })
  const single = await largest(
    cases.filter(({ name }) => name === 'mlp-centred'),
    golden => parityOf(golden, 'float32', 1e-6),
  )
  settle('single', { measured: single, holds: single <= 1e-4 })
}

async function closedForms({ settle }: StudyContext): Promise<void> {
  const diagonal = await linearEdges()
  settle('diagonal', { measured: diagonal, holds: diagonal < 1e-9 })
  const blocks = await crossBlockEdges()
  settle('blocks', { measured: blocks, holds: blocks < 1e-9 })
  const { span, whole } = await nothingDropped()
  settle('span', { measured: span, holds: span <= 1e-9 })
  settle('whole', { measured: whole, holds: whole <= 1e-9 })
  const probes = await probedMoment(512)
  settle('probes', { measured: probes, holds: probes <= 0.05 })
  const imported = await importedSame()
  settle('imported', { measured: imported, holds: imported <= 1e-4 })
}

const claims = ['learned', 'edges', 'neurons', 'nodes'] as const
const kinds: readonly BasisKind[] = ['lib', 'pca', 'neuron']

/** What one seed's network needs, in each basis. */
type Needs = Record<BasisKind, { nodes: number[]; edges: number[] }>

/** Sums that are learned, and how. */
interface Lesson {
  make(seed: number): ModularAddition
  training: ModularTraining
}

const lesson: Lesson = { make: seed => modularAddition.make({ seed }), training: smallModular }

async function sums(context: StudyContext): Promise<void> {
  if (context.size === 'small') for (const claim of claims) context.skip(claim, 'full size only')
  if (context.size === 'small' || !context.open(...claims)) return
  await sumsLearned(context, lesson)
}

/** Trains a network a seed, and settles what its layers need in each basis. */
export async function sumsLearned(
  { settle, show, seeds, threads, signal, progress }: StudyContext,
  { make, training }: Lesson,
): Promise<void> {
  const rows: (string | number)[][] = []
  const found: Needs[] = []
  const tests: number[] = []
  for (const seed of seeds) {
    const data = make(seed)
    const running = {
      seed,
      threads,
      signal,
      progress: ({ stage, done, total }: { stage: string; done: number; total: number }) =>
        progress(`seed ${seed}: ${stage} ${done} of ${total}`),
    }
    const { network, test } = await trainModular(data, training, running)
    tests.push(test)
    const options = { ...schema.parse({}), ablate: 'both' as const }
    await using sections = new Sections(
      network,
      examplesAt(data, data.splits.train),
      { layers: [], threshold: options.threshold, batch: options.batch },
      running,
    )
    const needs: Partial<Needs> = {}
    for (const kind of kinds) {
      const measured = await interactionsIn(kind, sections, examplesAt(data, data.splits.test), options, running)
      needs[kind] = needsOf(measured)
      sections.layers
        .slice(0, -1)
        .forEach(({ name }, l) => rows.push([seed, kind, name, needs[kind]!.nodes[l]!, needs[kind]!.edges[l]!]))
    }
    found.push(needs as Needs)
  }
  show({ table: { columns: ['seed', 'basis', 'layer', 'directions needed', 'edges needed'], rows } })
  const accuracies = tests.map(value => formatMetric(value)).join(', ')
  settle('learned', { measured: accuracies, holds: tests.every(value => value >= 0.95), seeds })
  const mean = (kind: BasisKind) =>
    found.reduce((sum, needs) => sum + needs[kind].edges[0]! + needs[kind].edges[1]!, 0) / found.length
  const ratio = mean('lib') / mean('pca')
  const each = found.map(({ lib, pca }) => `${lib.edges[0]! + lib.edges[1]!} to ${pca.edges[0]! + pca.edges[1]!}`)
  settle('edges', { measured: `${ratio.toFixed(3)} (${each.join(', ')})`, holds: ratio <= 0.95, seeds })
  const worse = found.filter(({ lib, neuron }) => lib.edges.some((count, l) => count > neuron.edges[l]!)).length
  settle('neurons', { measured: `more in ${worse} of ${found.length} seeds`, holds: worse === 0, seeds })
  const apart = Math.max(
    ...found.flatMap(({ lib, pca }) => lib.nodes.map((count, l) => Math.abs(count - pca.nodes[l]!))),
  )
  settle('nodes', { measured: `${apart} apart at most`, holds: apart <= 2, seeds })
}

const languageClaims = ['taught', 'language'] as const

async function language(context: StudyContext): Promise<void> {
  if (context.size === 'small') for (const claim of languageClaims) context.skip(claim, 'full size only')
  if (context.size === 'small' || !context.open(...languageClaims)) return
  const [seed] = context.seeds
  await languageLearned(context, tinyLanguage.make({ seed: seed! }), smallLanguage, { learned: 128, judged: 64 })
}

/**
 * Trains one language model, and settles what its sections need in the principal basis and in ours: by random signs of the
 * positions, to within 0.01 nats a token.
 */
export async function languageLearned(
  { settle, seeds: [seed], threads, signal, progress }: StudyContext,
  data: TinyLanguage,
  training: LanguageTraining,
  { learned, judged }: { learned: number; judged: number },
): Promise<void> {
  const running = {
    seed: seed!,
    threads,
    signal,
    progress: ({ stage, done, total }: { stage: string; done: number; total: number }) =>
      progress(`language: ${stage} ${done} of ${total}`),
  }
  const { network, accuracy } = await trainLanguage(data, training, running)
  settle('taught', {
    measured: languageTasks.map(task => `${task} ${formatMetric(accuracy[task])}`).join(', '),
    holds: languageTasks.every(task => accuracy[task] >= 0.98),
    seeds: [seed!],
  })
  const options = { ...schema.parse({ score: 'log-likelihood', tolerance: 0.01 }), ablate: 'edges' as const }
  const probes = { positions: 4, directions: 0 }
  await using sections = new Sections(
    network,
    examplesAt(data, data.splits.train.subarray(0, learned)),
    { layers: [], threshold: options.threshold, batch: options.batch, probes },
    running,
  )
  const test = examplesAt(data, data.splits.test.subarray(0, judged))
  const needed: Partial<Record<BasisKind, number[]>> = {}
  for (const kind of ['lib', 'pca'] as const)
    needed[kind] = needsOf(await interactionsIn(kind, sections, test, options, running)).edges
  const total = (kind: BasisKind) => needed[kind]!.reduce((sum, edges) => sum + edges, 0)
  const ratio = total('lib') / total('pca')
  const bySection = needed.lib!.map((edges, l) => `${edges} to ${needed.pca![l]}`).join(', ')
  settle('language', { measured: `${ratio.toFixed(3)} (${bySection})`, holds: ratio >= 0.8, seeds: [seed!] })
}

const needsOf = ({ nodesNeeded, edgesNeeded }: Interactions) => ({
  nodes: nodesNeeded.map(({ needed }) => needed),
  edges: edgesNeeded.map(({ needed }) => needed),
})
