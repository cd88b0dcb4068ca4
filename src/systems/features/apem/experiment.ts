import { formatNumber } from '../../../charts/format.ts'
import { weightMatrix } from '../../../charts/weight-matrix.ts'
import { funnel, prepareTable, type EncodedTable, type PreparedTable } from '../../../data/index.ts'
import { adjustedRand, auc, compareMeans, evaluate } from '../../../metrics/index.ts'
import { countParameters, type TableModel, type TableSpec } from '../../../nn/index.ts'
import { moduleParitySettled, stagedResult } from '../../../study/index.ts'
import type { Figure, StudyContext, StudyTable } from '../../../system/index.ts'
import { answersOf, TableLearner, trainingSettings, trainTable } from '../../../train/index.ts'
import {
  EntireSpace,
  InformationTransfer,
  LayeredExtraction,
  MixtureOfExperts,
  SharedBottom,
  type MultiTaskOptions,
} from './baselines.ts'
import { oneGroup, permutedFields, rising, strayGradients, weightsWithoutEffect } from './closed-forms.ts'
import { Apem } from './model.ts'
import { options, type ApemOptions } from './options.ts'
import { parities } from './parity.ts'
import { membershipOf, pickedBy, type Picked } from './view.ts'

/**
 * Every network of the study learns so. A product of sums shows nothing of itself until both sums are half learned: networks
 * wait some passes at chance before they take off, and a rate that falls in every pass without a gain ends there.
 */
const learning = {
  epochs: 30,
  batch: 512,
  learningRate: 3e-3,
  plateauFactor: 1,
  patience: 8,
  embeddingRegularization: 1e-6,
}
const widths: MultiTaskOptions = { embeddingDimension: 16, shared: [64, 32], experts: 3, gate: [], tower: [32] }
const rivals = {
  'shared bottom': SharedBottom,
  mmoe: MixtureOfExperts,
  ple: LayeredExtraction,
  esmm: EntireSpace,
  aitm: InformationTransfer,
}
const modules: Record<string, Partial<ApemOptions>> = {
  'no grouping': { groups: 1 },
  'no squeeze': { squeeze: false },
  'static indicator': { indicator: 'static' },
  'no selector': { selector: 'mean' },
  'no transfer': { transfer: 'none' },
}

/** AUC of every step, seed by seed, and the values learned. */
type Scores = Record<string, { auc: number[][]; parameters: number }>

export async function run(context: StudyContext): Promise<void> {
  const cases = await parities()
  if (cases) context.settle('parity', moduleParitySettled(cases))
  else context.skip('parity', 'fixtures are not here')
  await closedForms(context)
  const rest = ['groups', 'conflict', 'noHarm', 'harm', 'mass', 'modules'] as const
  if (context.size === 'small') {
    for (const claim of rest) context.skip(claim, 'full size only')
    return
  }
  if (!context.open(...rest)) return
  const [first] = context.seeds
  const seeds = Array.from({ length: 5 }, (_, i) => first! + i)
  await planted(seeds, context)
}

async function closedForms(context: StudyContext): Promise<void> {
  const permuted = await permutedFields()
  context.settle('permuted', { measured: permuted, holds: permuted <= 1e-5 })
  const rise = await rising()
  context.settle('monotone', { measured: rise, holds: rise <= 0 })
  const changed = await oneGroup()
  context.settle('oneGroup', { measured: changed, holds: changed <= 1e-6 })
  const { later, masked, own } = await strayGradients()
  context.settle('forward', { measured: later, holds: later === 0 && own > 0 })
  context.settle('masked', { measured: masked, holds: masked === 0 && own > 0 })
  const { weight, moved } = await weightsWithoutEffect()
  context.settle('disagree', {
    measured: `${formatNumber(weight)}, ${formatNumber(moved)}`,
    holds: weight > 0 && moved === 0,
  })
}

/** One model's AUC at every step, and the values it learned. */
interface Arm {
  found: number[]
  parameters: number
}

/** [steps, fields] */
type Shares = Omit<Picked, 'together'>

/** What is asked of the whole model beside its AUC: the groups it found, and what each step picks. */
interface Whole extends Arm {
  rand: number
  picked: { steps: string[]; fields: string[]; weights: number[] }
}

/** Every model of every seed is a stage of its own: nine trainings a seed, five more on the first ones, each some minutes on two cores. */
async function planted(seeds: readonly number[], context: StudyContext): Promise<void> {
  const scores: Scores = {}
  const [rand, mass]: [number[], number[][]] = [[], []]
  let drawn: { picked: Shares; rows: number } | undefined
  for (const seed of seeds) {
    const truth = funnel.make({ seed })
    const data = await prepareTable('world:funnel', { seed, signal: context.signal })
    const add = (name: string, { found, parameters }: Arm) => (scores[name] ??= { auc: [], parameters }).auc.push(found)
    const own = options.parse({})
    const staged = (name: string, make: () => TableModel, part = data) =>
      stagedResult(context, `${seed} ${name}`, async (): Promise<Arm> => {
        const model = make()
        const learner = await trained(model, part.spec, part, seed, name, context)
        const found = await stepAucs(learner, part.test)
        await learner.close()
        return { found, parameters: countParameters(model) }
      })
    const whole = await stagedResult(context, `${seed} apem`, () => ours(data, truth, seed, context))
    add('apem', whole)
    rand.push(whole.rand)
    const picked = { ...whole.picked, weights: Float64Array.from(whole.picked.weights) }
    mass.push(massOf(picked, truth))
    drawn ??= { picked, rows: data.test.rows }
    for (const [name, change] of Object.entries(context.seeds.includes(seed) ? modules : {}))
      add(name, await staged(name, () => new Apem(data.spec, { ...own, ...change })))
    for (const [name, Rival] of Object.entries(rivals))
      add(name, await staged(name, () => new Rival(data.spec, widths)))
    const alone: Arm[] = []
    for (const t of data.spec.targets.keys()) {
      const single = onlyTarget(data, t)
      alone.push(await staged(`alone ${t + 1}`, () => new SharedBottom(single.spec, widths), single))
    }
    add('a network a step', {
      found: alone.map(({ found }) => found[0]!),
      parameters: alone.reduce((sum, { parameters }) => sum + parameters, 0),
    })
    add('what can be known', { found: best(data.test, truth.reached), parameters: 0 })
  }
  const { picked, rows } = drawn!
  context.show({ table: tableOf(scores), figures: [stepsFigure(picked, rows)] })
  settle(scores, rand, mass, seeds, context)
}

async function ours(
  data: PreparedTable,
  truth: ReturnType<typeof funnel.make>,
  seed: number,
  context: StudyContext,
): Promise<Whole> {
  const model = new Apem(data.spec, options.parse({}))
  const learner = await trained(model, data.spec, data, seed, 'apem', context)
  const table = { model, spec: data.spec, state: learner.state }
  const rand = adjustedRand(...groupsOf(membershipOf(table), truth.groups, model.embedding.names))
  const { steps, fields, weights } = (await pickedBy(table, data.test))!
  const found = await stepAucs(learner, data.test)
  await learner.close()
  const picked = { steps: [...steps], fields: [...fields], weights: [...weights] }
  return { found, parameters: countParameters(model), rand, picked }
}

const stepAucs = async (learner: TableLearner, test: EncodedTable): Promise<number[]> =>
  (await answersOf(learner, test)).map(each => evaluate(each, ['auc']).auc!)

async function trained(
  model: TableModel,
  spec: TableSpec,
  { train, valid }: PreparedTable,
  seed: number,
  name: string,
  { threads, signal, progress }: StudyContext,
): Promise<TableLearner> {
  const settings = trainingSettings(train.rows, { ...learning, seed, threads })
  const learner = new TableLearner(model, spec, settings, train)
  await trainTable(
    learner,
    { train, valid },
    {
      settings,
      signal,
      onProgress: event =>
        event.kind === 'epoch' && progress(`seed ${seed}, ${name}: epoch ${event.epoch} of ${learning.epochs}`),
    },
  )
  return learner
}

function onlyTarget(data: PreparedTable, t: number): PreparedTable {
  const only = (table: EncodedTable): EncodedTable => ({ ...table, targets: [table.targets[t]!] })
  return {
    ...data,
    spec: { ...data.spec, targets: [data.spec.targets[t]!] },
    train: only(data.train),
    valid: only(data.valid),
    test: only(data.test),
  }
}

/** AUC of the chances that the world works with. */
const best = (test: EncodedTable, reached: Float64Array): number[] =>
  test.targets.map((labels, t) =>
    auc(
      labels,
      Float64Array.from(test.rowNumber, row => reached[(row - 1) * test.targets.length + t]!),
    ),
  )

/** The group that each field belongs to most, and the one that was planted. */
function groupsOf(
  membership: readonly number[][],
  groups: readonly (readonly string[])[],
  fields: readonly string[],
): [number[], number[]] {
  return [
    membership.map(own => own.indexOf(Math.max(...own))),
    fields.map(field => groups.findIndex(group => group.includes(field))),
  ]
}

/** Of each step, the weight on its true fields over what equal weights would put there. */
const massOf = ({ fields, weights }: Shares, truth: ReturnType<typeof funnel.make>): number[] =>
  truth.uses.map((groups, t) => {
    const wanted = new Set(groups.flatMap(g => truth.groups[g]!))
    const own = weights.subarray(t * fields.length, (t + 1) * fields.length)
    const sum = own.reduce((total, weight, f) => total + (wanted.has(fields[f]!) ? weight : 0), 0)
    return (sum * fields.length) / wanted.size
  })

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function settle(
  scores: Scores,
  rand: readonly number[],
  mass: readonly number[][],
  seeds: readonly number[],
  context: StudyContext,
): void {
  const found = rand.filter(value => value > 0.7).length
  context.settle('groups', {
    measured: `${found} (${rand.map(value => value.toFixed(2)).join(', ')})`,
    holds: found >= 3,
    seeds,
  })
  const over = (name: string) => scores[name]!.auc.map(mean)
  const rival = ['shared bottom', 'mmoe', 'ple'].reduce((a, b) => (mean(over(a)) >= mean(over(b)) ? a : b))
  const { value, low, high } = compareMeans(over('apem'), over(rival))
  context.settle('conflict', {
    measured: `${formatNumber(value)} [${formatNumber(low)}, ${formatNumber(high)}] over ${rival}`,
    holds: value >= 0.003,
    seeds,
  })
  const worst = (name: string): number => {
    const alone = scores['a network a step']!.auc
    return Math.min(...alone[0]!.map((_, t) => mean(scores[name]!.auc.map((own, s) => own[t]! - alone[s]![t]!))))
  }
  context.settle('noHarm', { measured: worst('apem'), holds: worst('apem') >= -0.002, seeds })
  context.settle('harm', { measured: worst('shared bottom'), holds: worst('shared bottom') <= -0.005, seeds })
  const least = Math.min(...mass[0]!.map((_, t) => mean(mass.map(own => own[t]!))))
  context.settle('mass', { measured: least, holds: least > 2, seeds })
  const gaps = Object.keys(modules).map(name => {
    const without = over(name)
    return [name, mean(over('apem').slice(0, without.length)) - mean(without)] as const
  })
  context.settle('modules', {
    measured: gaps.map(([name, gap]) => `${name} ${formatNumber(gap)}`).join(', '),
    holds: gaps.every(([, gap]) => gap > 0),
    seeds: context.seeds,
  })
}

function tableOf(scores: Scores): StudyTable {
  return {
    columns: ['model', 'parameters', 'mean AUC', 'AUC click', 'AUC apply', 'AUC pay'],
    rows: Object.entries(scores).map(([name, { auc: own, parameters }]) => [
      name,
      parameters || null,
      mean(own.map(mean)),
      ...[0, 1, 2].map(t => mean(own.map(steps => steps[t]!))),
    ]),
  }
}

function stepsFigure({ steps, fields, weights }: Shares, rows: number): Figure {
  const { title, description, spec } = weightMatrix({
    title: 'What each step of the planted funnel picks, first seed',
    of: { rows: 'step', columns: 'field' },
    rows: steps,
    columns: fields,
    weights,
    units: 'mean weight',
    samples: rows,
  })
  return { title, description, spec }
}
