import { paretoChart, type ParetoPoint } from '../../../charts/index.ts'
import type { EncodedTable } from '../../../data/index.ts'
import { countParameters, sharedRows, type HashedPlan, type TableSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { aucText, categoricalSpec, distance, meanAuc, probe, randomIds, stagedResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { dot } from '../shared/by-hand.ts'
import { settleProtocol } from '../shared/table-study.ts'
import { categoricalRows, trial, type TrialData } from '../shared/trial.ts'
import { drift } from './drift.ts'
import { planOf, unifiedEmbedding } from './index.ts'
import { meanAngle, SingleLayer } from './single-layer.ts'

export async function run(context: StudyContext): Promise<void> {
  const error = await semantics()
  context.settle('semantics', { measured: error, holds: error <= 1e-6 })
  const claims = ['margin', 'baselines', 'angle'] as const
  const full = context.size === 'full'
  if (!full) for (const claim of claims) context.skip(claim, 'full size only')
  if (full && context.open(...claims)) await budgets(context)
  await newValues(context)
  const names = ['unified-embedding', 'hashed-embedding']
  await settleProtocol(context, 'frappe', 'frappe', names, [unifiedEmbedding], rows => {
    const [own, hashed] = [rows['unified-embedding']!, rows['hashed-embedding']!]
    const gain = meanAuc(own) - meanAuc(hashed)
    return { measured: `${gain.toFixed(4)} (${aucText(own)} against ${aucText(hashed)})`, holds: gain >= 0 }
  })
}

/** The single layer against rows looked up and joined by hand. */
async function semantics(): Promise<number> {
  let largest = 0
  for (const chunks of [1, 3]) {
    const plan: HashedPlan = { kind: 'unified', rows: 7, chunks }
    const spec: TableSpec = { ...categoricalSpec([5, 6, 4]), embedding: plan }
    const ids = randomIds(spec, 9)
    const { logits, value } = await probe(new SingleLayer(spec, 6), spec, { ids })
    const [table, theta, bias] = [value('embedding.weight'), value('theta'), value('bias')[0]!]
    const places = sharedRows(spec.fields, plan)
    const width = 6 / chunks
    const starts = [0, 5, 11]
    const expected = Array.from({ length: 9 }, (_, row) =>
      starts.reduce((sum, start, f) => {
        const value = start + ids[row * 3 + f]!
        const vector = Array.from({ length: chunks }, (_, c) => places[value * chunks + c]! * width).flatMap(at => [
          ...table.subarray(at, at + width),
        ])
        return sum + dot(vector, theta.subarray(f * 6, (f + 1) * 6))
      }, bias),
    )
    largest = Math.max(largest, distance(expected, logits))
  }
  return largest
}

/** What is lost where values come that no vocabulary has. */
async function newValues(context: StudyContext): Promise<void> {
  const { settle, skip, size, seeds, open, threads, signal, progress } = context
  if (size !== 'full') return skip('drift', 'full size only')
  if (!open('drift')) return
  const gains: number[] = []
  for (const seed of seeds) {
    const { kept, hashed } = await stagedResult(context, `${seed} new values`, () => {
      progress(`seed ${seed}: new values each day`)
      return drift({ seed, threads, rowsADay: 40_000, epochs: 8, signal })
    })
    gains.push(hashed - kept)
  }
  const gain = gains.reduce((sum, own) => sum + own, 0) / seeds.length
  settle('drift', { measured: gain, holds: gain >= 0.02, seeds })
}

const fields = 6
const dimension = 8

/** Values drawn by Zipf's law with exponent 0.8; log-odds are 0.7 times the sum of a standard normal effect a value. */
function zipfData(values: number, rows: number, seed: number): TrialData {
  const random = new Random(seed, 'unified.effects')
  const effects = Array.from({ length: fields }, () => Float64Array.from({ length: values }, () => random.normal()))
  const total = new Float64Array(values)
  for (let v = 0; v < values; v++) total[v] = (v > 0 ? total[v - 1]! : 0) + (v + 1) ** -0.8
  const rowsOf = (part: string, count: number): EncodedTable => {
    const own = new Random(seed, `unified.${part}`)
    return categoricalRows(fields, values, count, () => {
      const x = Array.from({ length: fields }, () => placeIn(total, own.uniform() * total[values - 1]!))
      const score = 0.7 * x.reduce((sum, v, f) => sum + effects[f]![v]!, 0)
      return { values: x, label: own.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0 }
    })
  }
  return {
    spec: { ...categoricalSpec(new Array<number>(fields).fill(values + 2)), rows },
    train: rowsOf('train', rows),
    valid: rowsOf('valid', rows / 10),
    test: rowsOf('test', rows / 5),
  }
}

/** The first place whose running total is above a number. */
function placeIn(totals: Float64Array, above: number): number {
  let [low, high] = [0, totals.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (totals[middle]! > above) high = middle
    else low = middle + 1
  }
  return low
}

const shares = [0.5, 0.2, 0.05]

/** Rows a value is made of, by kind of table. */
const kinds = { unified: 1, hashed: 1, 'multi-hash': 2, 'quotient-remainder': 2, robe: 2 } as const

/** One shared table against a table a field and other ways to share, at three budgets. */
async function budgets(context: StudyContext): Promise<void> {
  const { seeds, threads, signal, settle, show, progress } = context
  const [values, rows, epochs] = [3_000, 200_000, 8]
  const rowsOf: (string | number)[][] = []
  const auc = new Map<string, number[]>()
  const angles: number[] = []
  const points: ParetoPoint[] = []
  for (const seed of seeds) {
    const data = zipfData(values, rows, seed)
    for (const share of shares) {
      for (const [kind, chunks] of Object.entries(kinds) as [keyof typeof kinds, number][]) {
        const spec: TableSpec = { ...data.spec, embedding: planOf(data.spec, kind, share, chunks) }
        const model = new SingleLayer(spec, dimension)
        const { own, angle } = await stagedResult(context, `${seed} ${kind} ${share}`, async () => {
          progress(`seed ${seed}: ${kind}, ${share} of the rows`)
          const training = { learningRate: 5e-3, batch: 1024, epochs, patience: epochs, seed, threads }
          const trained = await trial(model, { ...data, spec }, training, signal)
          const turned = meanAngle(trained.learner.state.read(model.theta).data, fields)
          await trained.learner.close()
          return { own: trained.auc, angle: turned }
        })
        auc.set(`${kind} ${share}`, [...(auc.get(`${kind} ${share}`) ?? []), own])
        if (kind === 'unified' && share === shares.at(-1)) angles.push(angle)
        rowsOf.push([seed, kind, share, own, angle])
        points.push({ name: `${kind}, seed ${seed}`, cost: countParameters(model), value: own })
      }
    }
  }
  const { title, description, spec } = paretoChart({
    points,
    costTitle: 'parameters',
    metric: { title: 'AUC', better: 'higher' },
  })
  show({
    table: { columns: ['seed', 'table', 'share of the rows', 'test AUC', 'mean angle of theta'], rows: rowsOf },
    figures: [{ title, description, spec }],
  })
  const mean = (key: string) => auc.get(key)!.reduce((sum, own) => sum + own, 0) / seeds.length
  const over = (rival: string) => Math.min(...shares.map(share => mean(`unified ${share}`) - mean(`${rival} ${share}`)))
  const margin = over('hashed')
  const baselines = Math.min(...['multi-hash', 'quotient-remainder', 'robe'].map(over))
  const angle = angles.reduce((sum, own) => sum + own, 0) / angles.length
  settle('margin', { measured: margin, holds: margin >= 0.02, seeds })
  settle('baselines', { measured: baselines, holds: baselines >= -0.002, seeds })
  settle('angle', { measured: angle, holds: angle > 60, seeds })
}
