import { aucText, meanAuc, type ProtocolResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { fm } from '../fm/index.ts'
import { benchmarkSpec, countsSettled, paritySettled, settleProtocol, showProtocol } from '../shared/table-study.ts'
import { linearReadOut, permutation } from './closed-forms.ts'
import { autoint } from './index.ts'
import { AutoInt } from './model.ts'
import { parities } from './parity.ts'
import { plantedPairsRun, type PlantedRun } from './planted.ts'

export async function run(context: StudyContext): Promise<void> {
  await parity(context)
  counts(context)
  const moved = await permutation()
  context.settle('equivariance', { measured: moved, holds: moved <= 1e-5 })
  const linear = await linearReadOut()
  context.settle('depth', { measured: linear, holds: linear <= 1e-5 })
  await plantedPairs(context)
  await frappe(context)
}

async function parity(context: StudyContext): Promise<void> {
  const cases = await parities()
  for (const [claim, variant] of [
    ['parity', 'fuxictr'],
    ['original', 'original'],
  ] as const) {
    const own = cases?.filter(({ golden }) => golden.configuration.variant === variant)
    if (own) context.settle(claim, paritySettled(own))
    else context.skip(claim, 'fixtures are not here')
  }
}

function counts(context: StudyContext): void {
  const shared = { embeddingDimension: 10, attentionWidth: 128, heads: 4 }
  const deep = { hidden: [400, 400, 400], batchNorm: true, scale: 'head', layerNorm: true }
  const wide = { layers: 2, scale: 'head', layerNorm: true, wide: true }
  const model = (dataset: 'frappe' | 'movielens', options: object) =>
    new AutoInt(benchmarkSpec(dataset, 1), autoint.options.parse({ ...shared, ...options }))
  context.settle(
    'counts',
    countsSettled([
      { model: model('frappe', { layers: 6 }), expected: 306_051 },
      { model: model('frappe', { ...deep, layers: 5 }), expected: 622_180 },
      { model: model('movielens', wide), expected: 1_047_798 },
      { model: model('movielens', { ...deep, ...wide }), expected: 1_383_799 },
    ]),
  )
}

async function plantedPairs(context: StudyContext): Promise<void> {
  const claims = ['gain', 'map', 'additivity']
  if (!context.open(...claims)) return
  if (context.size === 'small') {
    for (const claim of claims) context.skip(claim, 'full size only')
    return
  }
  const seeds = [0, 1, 2, 3, 4].map(i => context.seeds[0]! + i)
  const runs: PlantedRun[] = []
  for (const seed of seeds) runs.push(await plantedPairsRun(seed, context))
  context.show({ table: runs[0]!.table, figures: [runs[0]!.figure] })
  const enough = (count: number) => count >= 4
  const gains = runs.filter(({ gain, linear }) => gain >= 0.9 && linear <= 0.53).length
  const text = runs.map(({ gain }) => gain.toFixed(2)).join(', ')
  const worst = Math.max(...runs.map(({ linear }) => linear)).toFixed(3)
  context.settle('gain', { measured: `${gains} of 5: ${text}; linear at most ${worst}`, holds: enough(gains), seeds })
  for (const [claim, found] of [
    ['map', runs.filter(each => each.mapFinds).length],
    ['additivity', runs.filter(each => each.additivityFinds).length],
  ] as const) {
    context.settle(claim, { measured: `${found} of 5`, holds: enough(found), seeds })
  }
}

async function frappe(context: StudyContext): Promise<void> {
  const gain = (rows: readonly ProtocolResult[], than: readonly ProtocolResult[], least: number) => {
    const difference = meanAuc(rows) - meanAuc(than)
    return {
      measured: `${difference.toFixed(4)} (${aucText(rows)} against ${aucText(than)})`,
      holds: difference >= least,
    }
  }
  const near = (rows: readonly ProtocolResult[], published: number) => ({
    measured: aucText(rows),
    holds: Math.abs(meanAuc(rows) - published) <= 0.003,
  })
  const systems = [autoint, fm]
  // at full size the table is that of the planted pairs
  const settleMini = context.size === 'small' ? showProtocol : settleProtocol
  await settleMini(context, 'mini', 'frappe-mini', ['autoint', 'fm'], systems, rows =>
    gain(rows.autoint!, rows.fm!, 0.003),
  )
  await settleProtocol(context, 'miniPlus', 'frappe-mini', ['autoint+', 'fm'], systems, rows =>
    gain(rows['autoint+']!, rows.fm!, 0.015),
  )
  await settleProtocol(context, 'frappe', 'frappe', ['autoint'], systems, rows => near(rows.autoint!, 0.983085))
  await settleProtocol(context, 'frappePlus', 'frappe', ['autoint+'], systems, rows =>
    near(rows['autoint+']!, 0.984812),
  )
  const all = ['autoint', 'autoint+', 'fm']
  await settleProtocol(context, 'frappeOrder', 'frappe', all, systems, rows => {
    const lower = meanAuc(rows.autoint!) < meanAuc(rows['autoint+']!) ? rows.autoint! : rows['autoint+']!
    return gain(lower, rows.fm!, 0.01)
  })
}
