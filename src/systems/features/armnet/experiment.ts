import type { EncodedTable } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import type { TableLearner } from '../../../train/index.ts'
import { aucText, categoricalSpec, meanAuc } from '../../../study/index.ts'
import { fm } from '../fm/index.ts'
import { countsSettled, paritySettled, settleProtocol } from '../shared/table-study.ts'
import { categoricalRows, median, trial, type TrialData } from '../shared/trial.ts'
import { armnet } from './index.ts'
import { parities } from './parity.ts'
import { relationsOf, supportSize, type Relations } from './crosses.ts'
import { ArmNet, type ArmNetOptions } from './model.ts'

const counted = (embeddingDimension: number, expected: number) => ({
  model: new ArmNet(
    categoricalSpec(new Array<number>(10).fill(550)),
    armnet.options.parse({ embeddingDimension, neurons: 10, hidden: [300, 300] }),
  ),
  expected,
})

async function frappe(context: StudyContext): Promise<void> {
  const systems = [armnet, fm]
  await settleProtocol(context, 'mini', 'frappe-mini', ['armnet', 'fm'], systems, rows => {
    const gain = meanAuc(rows.armnet!) - meanAuc(rows.fm!)
    return { measured: `${gain.toFixed(4)} (${aucText(rows.armnet!)} against ${aucText(rows.fm!)})`, holds: gain > 0 }
  })
  await settleProtocol(context, 'frappe', 'frappe', ['armnet'], systems, rows => ({
    measured: aucText(rows.armnet!),
    holds: meanAuc(rows.armnet!) >= 0.974,
  }))
}

export async function run(context: StudyContext): Promise<void> {
  const cases = await parities()
  if (cases) context.settle('parity', paritySettled(cases))
  else context.skip('parity', 'fixtures are not here')
  context.settle('counts', countsSettled([counted(10, 177_421), counted(100, 953_221)]))
  await frappe(context)
  if (context.size === 'small') {
    for (const claim of ['dynamic', 'removal', 'sparsity']) context.skip(claim, 'full size only')
    return
  }
  if (context.open('dynamic', 'removal')) await switched(context)
  if (context.open('sparsity')) await sparsity(context)
}

const fields = 8
const options: ArmNetOptions = {
  embeddingDimension: 10,
  heads: 2,
  neurons: 8,
  alpha: 2,
  hidden: [64],
  dropout: 0,
  deep: [],
}

/** y = x1 xor x2 where x0 = 0, x3 xor x4 where x0 = 1; x5 to x7 say nothing. */
function switchedRows(rows: number, seed: number, part: string): EncodedTable {
  const random = new Random(seed, `armnet.switched.${part}`)
  return categoricalRows(fields, 2, rows, () => {
    const x = Array.from({ length: fields }, () => random.integer(2))
    return { values: x, label: x[0] === 0 ? Number(x[1] !== x[2]) : Number(x[3] !== x[4]) }
  })
}

const settings = (seed: number, threads: number, epochs: number) =>
  ({ learningRate: 5e-3, clipValue: 1, batch: 256, epochs, patience: epochs, seed, threads }) as const

const dataOf = (seed: number, rows: number): TrialData => ({
  spec: { ...categoricalSpec(new Array<number>(fields).fill(4)), rows },
  train: switchedRows(rows, seed, 'train'),
  valid: switchedRows(2000, seed, 'valid'),
  test: switchedRows(4000, seed, 'test'),
})

async function switched(context: StudyContext): Promise<void> {
  const { seeds, threads, signal, settle, show, progress } = context
  const rows: (string | number)[][] = []
  const used = [0, 1, 2, 3, 4].map(i => seeds[0]! + i)
  for (const seed of used) {
    progress(`a pair switched by a third field, seed ${seed}`)
    const data = dataOf(seed, 20_000)
    const model = new ArmNet(data.spec, options)
    const training = settings(seed, threads, 20)
    const { learner, auc } = await trial(model, data, training, signal)
    try {
      const relations = await relationsOf({ model, spec: data.spec, state: learner.state }, data.test)
      const [zero, one] = weightShares(relations, data.test)
      rows.push([seed, auc, await removalShare(learner, data.test), zero, one, supportSize(relations)])
    } finally {
      await learner.close()
    }
  }
  show({
    table: {
      columns: [
        'seed',
        'test AUC',
        'active pair first by removal',
        'by weights, x0 = 0',
        'by weights, x0 = 1',
        'support',
      ],
      rows,
    },
  })
  const aucs = rows.map(row => row[1] as number)
  const shares = rows.map(row => row[2] as number)
  settle('dynamic', { measured: Math.min(...aucs), holds: Math.min(...aucs) >= 0.99, seeds: used })
  settle('removal', {
    measured: median(shares),
    holds: median(shares) >= 0.9,
    seeds: used,
    note: 'the weights alone do not tell the active pair: see the table',
  })
}

const switchOf = (table: EncodedTable, row: number) => table.categorical[row * fields]! - 1

/** Share of rows whose second difference in the logit is larger for the active pair than for the other one. */
async function removalShare(learner: TableLearner, table: EncodedTable): Promise<number> {
  const flipped = async (...columns: number[]) => {
    const categorical = Int32Array.from(table.categorical)
    for (let row = 0; row < table.rows; row++) {
      for (const column of columns) {
        const at = row * fields + column
        // local ids 1 and 2, four a field
        categorical[at] = 8 * column + 3 - categorical[at]!
      }
    }
    return learner.logits({ ...table, categorical })
  }
  const plain = await learner.logits(table)
  const strength = async (a: number, b: number) => {
    const [first, second, both] = [await flipped(a), await flipped(b), await flipped(a, b)]
    return plain.map((value, row) => Math.abs(value - first[row]! - second[row]! + both[row]!))
  }
  const [zero, one] = [await strength(1, 2), await strength(3, 4)]
  let found = 0
  for (let row = 0; row < table.rows; row++) {
    const difference = zero[row]! - one[row]!
    if (switchOf(table, row) === 0 ? difference > 0 : difference < 0) found++
  }
  return found / table.rows
}

/** Of the rows with x0 = 0 and with x0 = 1, the share whose summed |powers| favour the active pair. */
function weightShares({ fields: names, crosses, weights }: Relations, table: EncodedTable): [number, number] {
  const found = [0, 0]
  const rows = [0, 0]
  const place = (f: number) => names.indexOf(`field${f}`)
  for (let row = 0; row < table.rows; row++) {
    const sum = (f: number) => {
      let total = 0
      for (let n = 0; n < crosses; n++) total += Math.abs(weights[(row * crosses + n) * fields + place(f)]!)
      return total
    }
    const side = switchOf(table, row)
    const difference = sum(1) + sum(2) - sum(3) - sum(4)
    rows[side]!++
    if (side === 0 ? difference > 0 : difference < 0) found[side]!++
  }
  return [found[0]! / rows[0]!, found[1]! / rows[1]!]
}

async function sparsity({ seeds, threads, signal, settle, progress }: StudyContext): Promise<void> {
  const seed = seeds[0]!
  const sizes: number[] = []
  for (const alpha of [1, 1.5, 2, 2.5]) {
    progress(`fields a cross at alpha ${alpha}`)
    const data = dataOf(seed, 10_000)
    const model = new ArmNet(data.spec, { ...options, alpha })
    const { learner } = await trial(model, data, settings(seed, threads, 10), signal)
    sizes.push(supportSize(await relationsOf({ model, spec: data.spec, state: learner.state }, data.test)))
    await learner.close()
  }
  settle('sparsity', {
    measured: sizes.map(value => value.toFixed(2)).join(', '),
    holds: sizes[0] === fields && sizes.every((value, i) => i === 0 || value < sizes[i - 1]!),
    seeds: [seed],
  })
}
