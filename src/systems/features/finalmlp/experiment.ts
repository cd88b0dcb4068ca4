import { gateBars } from '../../../charts/gates.ts'
import { aucText, meanAuc, protocolRows, protocolTable } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { dnn } from '../dnn/index.ts'
import { benchmarkSpec, countsSettled, paritySettled, settleProtocol } from '../shared/table-study.ts'
import { dualForm, neutralGate, productForm } from './closed-forms.ts'
import { finalmlp } from './index.ts'
import { FinalMlp } from './model.ts'
import { parities } from './parity.ts'
import { gatesOfNoise, signOfProduct } from './worlds.ts'

export async function run(context: StudyContext): Promise<void> {
  const cases = await parities()
  if (cases) context.settle('parity', paritySettled(cases))
  else context.skip('parity', 'fixtures are not here')
  counts(context)
  for (const [claim, error, most] of [
    ['dual', await dualForm(), 1e-5],
    ['product', await productForm(), 1e-5],
    ['neutral', await neutralGate(), 0],
  ] as const) {
    context.settle(claim, { measured: error, holds: error <= most })
  }
  await projections(context)
  await frappe(context)
  await gates(context)
}

function counts(context: StudyContext): void {
  const shared = { embeddingDimension: 10, firstHidden: [400] }
  const frappe = { ...shared, secondHidden: [100], gateHidden: [400], firstContext: ['user'], secondContext: ['item'] }
  const movielens = { ...shared, secondHidden: [800], gateHidden: [800], heads: 10 }
  const model = (dataset: 'frappe' | 'movielens', options: object) =>
    new FinalMlp(benchmarkSpec(dataset, 2), finalmlp.options.parse(options))
  context.settle(
    'counts',
    countsSettled([
      { model: model('frappe', { ...frappe, heads: 5 }), expected: 253_392 },
      { model: model('movielens', movielens), expected: 1_040_902 },
    ]),
  )
}

async function projections(context: StudyContext): Promise<void> {
  if (!context.open('projections')) return
  if (context.size === 'small') return context.skip('projections', 'full size only')
  const [seed] = context.seeds
  const fused = await signOfProduct('bilinear', seed!, context)
  const dual = await signOfProduct('sum', seed!, context)
  context.settle('projections', {
    measured: `${fused.toFixed(4)}, DualMLP ${dual.toFixed(4)}`,
    holds: fused >= 0.98 && Math.abs(dual - 0.5) <= 0.03,
    seeds: [seed!],
  })
}

async function gates(context: StudyContext): Promise<void> {
  if (!context.open('gates')) return
  if (context.size === 'small') return context.skip('gates', 'full size only')
  const [seed] = context.seeds
  const { fields, useful, values, rows } = await gatesOfNoise(seed!, context)
  const mean = (gate: readonly number[], wanted: boolean) => {
    const own = gate.filter((_, f) => useful.includes(fields[f]!) === wanted)
    return own.reduce((sum, value) => sum + value, 0) / own.length
  }
  const named = values.map((gate, s) => ({ name: `stream ${s + 1}`, values: gate }))
  const { title, description, spec } = gateBars({ fields, gates: named, neutral: 1, rows })
  context.show({ figures: [{ title, description, spec }] })
  const text = values.map(gate => `${mean(gate, false).toFixed(3)} < ${mean(gate, true).toFixed(3)}`)
  context.settle('gates', {
    measured: text.join('; '),
    holds: values.every(gate => mean(gate, false) < mean(gate, true)),
    seeds: [seed!],
  })
}

/** Ablations of the small setting; their order is told, not claimed. */
const ablations = ['dualmlp', 'finalmlp-ungated', 'finalmlp-product', 'finalmlp-1-head', 'finalmlp-50-heads']

async function frappe(context: StudyContext): Promise<void> {
  const systems = [finalmlp, dnn]
  const own = ['finalmlp', 'finalmlp-sum', 'dnn']
  const ablated = context.size === 'full' && context.open('mini')
  const others = ablated ? await protocolRows('frappe-mini', ablations, systems, context) : undefined
  await settleProtocol(context, 'mini', 'frappe-mini', own, systems, rows => {
    context.show({ table: protocolTable({ rows: { ...rows, ...others?.rows } }) })
    const [fused, sum, deep] = own.map(row => meanAuc(rows[row]!))
    return {
      measured: `${(fused! - sum!).toFixed(4)} and ${(fused! - deep!).toFixed(4)} (${aucText(rows.finalmlp!)})`,
      holds: fused! > sum! && fused! > deep!,
    }
  })
  await settleProtocol(context, 'frappe', 'frappe', ['finalmlp'], systems, ({ finalmlp }) => ({
    measured: aucText(finalmlp!),
    holds: meanAuc(finalmlp!) >= 0.984,
  }))
  const all = ['finalmlp', 'dualmlp', 'dnn']
  await settleProtocol(context, 'frappeOrder', 'frappe', all, systems, rows => {
    const [fused, dual, deep] = all.map(row => meanAuc(rows[row]!))
    const signs = rows.finalmlp!.map((row, s) => (row.testAuc > rows.dnn![s]!.testAuc ? '+' : '-')).join('')
    return {
      measured: `${(fused! - deep!).toFixed(4)} and ${(fused! - dual!).toFixed(4)}, seed by seed ${signs} against one network`,
      holds: fused! - deep! >= 0.001 && fused! - dual! >= -0.0005,
    }
  })
}
