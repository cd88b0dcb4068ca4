import { aucText, meanAuc, stagedResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { formatShare } from '../../../charts/format.ts'
import { paritySettled, settleProtocol } from '../shared/table-study.ts'
import { hardening, naive, served } from './closed-forms.ts'
import { optinter } from './index.ts'
import { parities } from './parity.ts'
import {
  plantedRivals,
  plantedSeed,
  type PlantedRow,
  type PlantedSizes,
  type PlantedWay,
  type RivalRow,
} from './planted.ts'

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip } = context
  const cases = await parities()
  if (cases) settle('parity', paritySettled(cases))
  else skip('parity', 'fixtures are not here')
  for (const [claim, measure, most] of [
    ['hardening', hardening, 1e-5],
    ['naive', naive, 1e-6],
    ['served', served, 1e-6],
  ] as const) {
    const error = await measure()
    settle(claim, { measured: error, holds: error <= most })
  }
  await planted(context)
  await onFrappe(context)
}

const claims = {
  single: ['memorise', 'factorise'],
  others: ['overMemorised', 'best', 'rivals', 'oracle', 'bilevel', 'pruned'],
  alarm: ['alarm'],
}

const dense = { rows: 100_000, testRows: 40_000, large: 120, minCrossCount: 20 }
const nearlyUnique = { ...dense, large: 400, minCrossCount: 2 }

async function planted(context: StudyContext): Promise<void> {
  const { size, seeds, skip, open, show } = context
  const all = Object.values(claims).flat()
  if (size === 'small') {
    for (const claim of all) skip(claim, 'full size only')
    return
  }
  if (!open(...all)) return
  const five = [0, 1, 2, 3, 4].map(i => seeds[0]! + i)
  const rows: PlantedRow[] = []
  const others: RivalRow[] = []
  const staged = (world: string, seed: number, sizes: PlantedSizes, ways: readonly PlantedWay[]) =>
    stagedResult(context, `${seed} ${world} ${ways.join(' ')}`, () => plantedSeed(seed, sizes, ways, context))
  for (const seed of five) {
    const whole = seeds.includes(seed)
    rows.push(...(await staged('dense', seed, dense, whole ? ['single', 'pruned'] : ['single'])))
    if (!whole) continue
    rows.push(...(await staged('dense', seed, dense, ['bilevel'])), ...(await staged('dense', seed, dense, ['others'])))
    others.push(...(await stagedResult(context, `${seed} dense rivals`, () => plantedRivals(seed, dense, context))))
  }
  chosenMethods(rows, five, context)
  comparisons(rows, context)
  againstRivals(rows, others, context)
  const near: PlantedRow[] = []
  for (const seed of seeds) {
    for (const way of ['single', 'others'] as const) near.push(...(await staged('near', seed, nearlyUnique, [way])))
  }
  // the alarm is settled last: while it is open, all rows are made again, out of their stages
  show({
    table: {
      columns: [
        'world',
        'seed',
        'way',
        'dense pair',
        'sparse pair',
        'memorised',
        'nulls left out',
        'cross rows',
        'test AUC',
      ],
      rows: [
        ...rows.map(row => ['dense', ...cellsOf(row)]),
        ...others.map(({ seed, way, auc }) => ['dense', seed, way, null, null, null, null, null, auc]),
        ...near.map(row => ['nearly unique', ...cellsOf(row)]),
      ],
    },
  })
  alarm(near, context)
}

const cellsOf = ({ seed, way, dense: first, sparse, memorised, nullsOut, crossShare, auc }: PlantedRow) => [
  seed,
  way,
  first,
  sparse,
  memorised,
  nullsOut,
  crossShare,
  auc,
]

function chosenMethods(rows: readonly PlantedRow[], seeds: readonly number[], { settle }: StudyContext): void {
  const single = rows.filter(({ way }) => way === 'single')
  for (const [claim, right] of [
    ['memorise', single.filter(row => row.dense === 'memorise').length],
    ['factorise', single.filter(row => row.sparse === 'factorise').length],
  ] as const) {
    settle(claim, { measured: `${right} of ${seeds.length}`, holds: right >= 4, seeds })
  }
}

function comparisons(all: readonly PlantedRow[], { settle, seeds }: StudyContext): void {
  const rows = all.filter(({ seed }) => seeds.includes(seed))
  const mean = (way: string, of: (row: PlantedRow) => number) => {
    const own = rows.filter(row => row.way === way)
    return own.reduce((sum, row) => sum + of(row), 0) / own.length
  }
  const score = (way: string) => mean(way, ({ auc }) => auc)
  const over = (way: string) => score('single') - score(way)
  const others = ['factorise', 'naive', 'random']
  settle('overMemorised', { measured: over('memorise'), holds: over('memorise') >= 0.03, seeds })
  settle('best', {
    measured: others.map(way => `${over(way).toFixed(4)} over ${way}`).join(', '),
    holds: others.every(way => over(way) > 0),
    seeds,
  })
  settle('oracle', { measured: -over('oracle'), holds: over('oracle') <= 0, seeds })
  for (const way of ['bilevel', 'pruned'] as const) {
    const [out, gain] = [mean(way, row => row.nullsOut), -over(way)]
    const share = mean(way, row => row.crossShare)
    settle(way, {
      measured: `${out.toFixed(1)} of 13, ${gain.toFixed(4)}, ${formatShare(share)}`,
      holds: out >= 8 && gain >= 0.005 && share <= 0.6,
      seeds,
    })
  }
}

function againstRivals(
  rows: readonly PlantedRow[],
  others: readonly RivalRow[],
  { settle, seeds }: StudyContext,
): void {
  const score = (all: readonly { way: string; seed: number; auc: number }[], way: string) => {
    const own = all.filter(row => row.way === way && seeds.includes(row.seed))
    return own.reduce((sum, { auc }) => sum + auc, 0) / own.length
  }
  const gains = [...new Set(others.map(({ way }) => way))].map(way => ({
    way,
    gain: score(rows, 'single') - score(others, way),
  }))
  settle('rivals', {
    measured: gains.map(({ way, gain }) => `${gain.toFixed(4)} over ${way}`).join(', '),
    holds: gains.every(({ gain }) => gain > 0),
    seeds,
  })
}

function alarm(rows: readonly PlantedRow[], { settle, seeds }: StudyContext): void {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const single = rows.filter(({ way }) => way === 'single')
  const memorised = mean(single.map(row => row.memorised))
  const below = mean(
    single.map(({ seed, auc }) => Math.max(...rows.filter(row => row.seed === seed).map(row => row.auc)) - auc),
  )
  settle('alarm', {
    measured: `${memorised.toFixed(1)} of 15, ${below.toFixed(4)}`,
    holds: memorised >= 10 && below >= 0.05,
    seeds,
  })
}

async function onFrappe(context: StudyContext): Promise<void> {
  const uniform = ['optinter-naive', 'optinter-factorise', 'optinter-memorise']
  await settleProtocol(context, 'frappe', 'frappe', ['optinter', ...uniform], [optinter], rows => {
    const best = Math.max(...uniform.map(row => meanAuc(rows[row]!)))
    const own = rows.optinter!
    const gain = meanAuc(own) - best
    const [searched, memorised] = [own, rows['optinter-memorise']!].map(each =>
      Math.max(...each.map(({ parameters }) => parameters)),
    ) as [number, number]
    const beside = uniform.map(row => `${row} ${aucText(rows[row]!)}`).join(', ')
    return {
      measured: `${gain.toFixed(4)} (${aucText(own)} with ${searched} of ${memorised} parameters; ${beside})`,
      holds: gain >= -0.001 && searched < memorised,
    }
  })
  const names = ['optinter', 'optinter-random']
  await settleProtocol(context, 'random', 'frappe', names, [optinter], rows => {
    const [own, random] = names.map(name => rows[name]!) as [typeof rows.optinter & {}, typeof rows.optinter & {}]
    const gain = meanAuc(own) - meanAuc(random)
    return { measured: `${gain.toFixed(4)} (${aucText(own)} against ${aucText(random)})`, holds: gain > 0 }
  })
}
