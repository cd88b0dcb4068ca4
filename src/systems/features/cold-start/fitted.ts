import { agreementChart, formatNumber, type ChartSpec } from '../../../charts/index.ts'
import { eventsByUser, type Entities, type Interactions, type RankingCase } from '../../../data/index.ts'
import { compile, namedTensors, State, type HostTensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { rankCorrelation } from '../../../metrics/index.ts'
import { batchInputs, batchOf, countParameters, Mode, type TableSpec } from '../../../nn/index.ts'
import type { Answer, Fitted, RunContext, Saved } from '../../../system/index.ts'
import { NetworkPredictor, rowFeeds } from '../../../train/index.ts'
import { specOf, type Coding, type RowWriter } from './encoding.ts'
import type { AdaptiveFusion } from './model.ts'
import type { ColdStartOptions } from './options.ts'
import { byRows, chanceScorer, rowsOfCase, scoreRanking, type RowScorer } from './rank.ts'
import { rowAnswerer } from './serve.ts'
import { answers, checkTop, learn, modelOf, rowScorer, writerOf } from './train.ts'

/** What the tensors do not tell. `data` is what new users are read by: the items they are offered. */
interface Kept {
  options: ColdStartOptions
  coding: Coding
  data: { items: Entities }
  /** When nobody says, it is this moment. */
  now: number
}

/** How much fields weigh in some rows, and what hiding them does to the answer. */
export interface FieldWeights {
  fields: string[]
  /** [rows, fields] */
  weights: Float64Array
  /** [rows, fields]: the logit with the field, less the logit without. */
  effects: Float64Array
}

export interface FittedRecommender extends Fitted<Interactions> {
  readonly predictor: NetworkPredictor
  /** Scores rows written by `writer`. */
  score: RowScorer
  /** Writes rows of these users and items. */
  writer(data: Interactions): RowWriter
  /** Weights of the fields of rows, beside what hiding each field does. */
  weigh(writer: RowWriter, rows: Parameters<RowWriter['write']>[0]): Promise<FieldWeights>
}

/** @throws InterplayError `data/empty`, `option/conflict`, and what training throws */
export async function fit(
  data: Interactions,
  options: ColdStartOptions,
  context: RunContext,
): Promise<FittedRecommender> {
  const { coding, model, learner, writer, held, bestEpoch, epochs } = await learn(data, options, context)
  const now = data.events!.time.reduce((last, time) => Math.max(last, time), -Infinity)
  const kept: Kept = { options, coding, data: { items: data.items }, now }
  const result = await fitted(kept, model, learner.state, context.threads)
  await learner.close()
  const items = data.items.names.length
  const shown = options.protocol === 'cold-user' ? 0 : Infinity
  const [valid, test, chance] = await Promise.all([
    scoreRanking(held.valid, items, byRows(result.score, writer, shown)),
    scoreRanking(held.test, items, byRows(result.score, writer, shown)),
    scoreRanking(held.test, items, chanceScorer),
  ])
  return {
    ...result,
    metrics: { valid, test },
    notes: [
      `${options.protocol}: ${held.test.length} users of whom ${options.protocol === 'cold-user' ? 'nothing is shown' : 'the earlier choices are shown'}; all ${items} items ranked, at 10`,
      `chance alone: NDCG ${formatNumber(chance.ndcg)}, hit rate ${formatNumber(chance.hitRate)}, recall ${formatNumber(chance.recall)}, MRR ${formatNumber(chance.mrr)}`,
      `best after ${bestEpoch} of ${epochs} epochs`,
    ],
    figures: await figuresOf(result, writer, held.test, items),
  }
}

export async function load({ description, tensors }: Saved, { threads }: RunContext): Promise<FittedRecommender> {
  const kept = description as unknown as Kept
  const model = modelOf(kept.coding, kept.options)
  const state = new State({ model }, 1)
  state.load(tensors!)
  return fitted(kept, model, state, threads)
}

async function fitted(kept: Kept, model: AdaptiveFusion, state: State, threads: number): Promise<FittedRecommender> {
  const { coding, options } = kept
  const { spec } = specOf(coding, 0)
  const predictor = new NetworkPredictor(answers(model, spec), state, threads)
  const score = rowScorer(predictor, spec)
  const writer = (data: Interactions) => writerOf(data, coding)
  const weigh = (own: RowWriter, rows: Parameters<RowWriter['write']>[0]) =>
    weightsOf({ model, spec, state, score, options }, own, rows)
  return {
    predictor,
    score,
    writer,
    weigh,
    parameters: countParameters(model),
    predict: (data, context) => recommend(data, kept, { score, writer: writer(data), weigh }, context),
    rows: rowAnswerer(kept.data.items, coding, kept.now, score),
    save: () => ({
      description: { ...kept },
      tensors: Object.fromEntries([...state.entries()].filter(([name]) => name.startsWith('model.'))),
    }),
    close: () => predictor.close(),
  }
}

/** The best items of every user with weights and effects of the fields; what `events` say was chosen is shown, not offered. */
async function recommend(
  data: Interactions,
  { options, coding, now }: Kept,
  { score, writer, weigh }: { score: RowScorer; writer: RowWriter; weigh: FittedRecommender['weigh'] },
  { top: wanted, signal }: RunContext,
): Promise<Answer> {
  checkColumns(data, coding)
  const top = wanted ?? options.top
  checkTop(top, data.items.names.length)
  const items = data.items.names.length
  const latest = data.events?.time.reduce((last, time) => Math.max(last, time), now) ?? now
  const records: Record<string, unknown>[] = []
  for (const [user, list] of eventsByUser(data).entries()) {
    signal?.throwIfAborted()
    const { item, time } = data.events ?? { item: new Int32Array(), time: new Float64Array() }
    const asked: RankingCase = {
      user,
      before: list.map(i => item[i]!),
      times: Float64Array.from(list, i => time[i]!),
      targets: new Int32Array(),
      time: latest,
    }
    const scores = await byRows(score, writer, Infinity)([asked], items)
    const known = new Set(asked.before)
    const best = Array.from(scores.keys())
      .filter(each => !known.has(each))
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, top)
    const { fields, weights, effects } = await weigh(writer, rowsOfCase(asked, best, writer, Infinity))
    best.forEach((each, rank) => {
      const own = fields.map((field, f) => {
        const at = rank * fields.length + f
        return [
          [`weight ${field}`, weights[at]!],
          [`effect ${field}`, effects[at]!],
        ]
      })
      records.push({
        user: data.users.names[user]!,
        rank: rank + 1,
        item: data.items.names[each]!,
        score: 1 / (1 + Math.exp(-scores[each]!)),
        ...Object.fromEntries(own.flat()),
      })
    })
  }
  return { records, notes: ['a weight says how much a field is let in, an effect what the answer loses without it'] }
}

/** @throws InterplayError `data/columns` where nothing that was learned of users is known of these */
function checkColumns({ users }: Interactions, { user }: Coding): void {
  const learned = user.attributes.map(({ name }) => name)
  const given = users.attributes.map(({ name }) => name)
  if (learned.length === 0 || learned.some(name => given.includes(name))) return
  throw new InterplayError('data/columns', `the users have attributes ${given.join(', ') || 'none'}`, {
    why: `learned were ${learned.join(', ')}`,
  })
}

interface Weighing {
  model: AdaptiveFusion
  spec: TableSpec
  state: State
  score: RowScorer
  options: ColdStartOptions
}

async function weightsOf(
  { model, spec, state, score, options }: Weighing,
  writer: RowWriter,
  rows: Parameters<RowWriter['write']>[0],
): Promise<FieldWeights> {
  const sides = Object.entries(writer.groups).filter(([, fields]) => fields.length > 0)
  const fields = sides.flatMap(([, own]) => own)
  const named = sides
    .filter(([, own]) => options.selection !== 'none' && own.length > 1)
    .map(([name]) => `weights.${name}`)
  const table = writer.write(rows)
  await using program = compile({
    inputs: batchInputs(spec),
    state,
    trace: leaves => {
      const logits = model.forward(batchOf(spec, leaves), Mode.evaluation())
      return { outputs: { logits, ...namedTensors(logits, Object.fromEntries(named.map(name => [name, name]))) } }
    },
  })
  const answered: Record<string, HostTensor> = await program.run(rowFeeds(spec, table, 0, table.rows))
  const whole = answered.logits!.data as Float32Array
  const weights = new Float64Array(rows.length * fields.length).fill(1)
  const effects = new Float64Array(rows.length * fields.length)
  let start = 0
  for (const [name, own] of sides) {
    const values = answered[`weights.${name}`]?.data as Float32Array | undefined
    if (values)
      for (let r = 0; r < rows.length; r++)
        weights.set(values.subarray(r * own.length, (r + 1) * own.length), r * fields.length + start)
    start += own.length
  }
  for (const [f, field] of fields.entries()) {
    const without = writer.write(rows)
    writer.hide(without, field, () => true)
    const logits = await score(without)
    for (let r = 0; r < rows.length; r++) effects[r * fields.length + f] = whole[r]! - logits[r]!
  }
  return { fields, weights, effects }
}

/** Test users whose first recommendations are weighed for the report. */
const weighedUsers = 100

async function figuresOf(
  { weigh, score }: FittedRecommender,
  writer: RowWriter,
  cases: readonly RankingCase[],
  items: number,
): Promise<ChartSpec[]> {
  const some = cases.slice(0, weighedUsers)
  const scores = await byRows(score, writer, 0)(some, items)
  const rows = some.flatMap((each, c) => {
    const own = scores.subarray(c * items, (c + 1) * items)
    return rowsOfCase(each, [own.indexOf(Math.max(...own))], writer, 0)
  })
  const { fields, weights, effects } = await weigh(writer, rows)
  const mean = (values: Float64Array, f: number) =>
    rows.reduce((sum, _, r) => sum + Math.abs(values[r * fields.length + f]!), 0) / rows.length
  const pairs = fields.map((field, f) => ({ set: [field], weight: mean(weights, f), ablation: mean(effects, f) }))
  return [
    agreementChart({
      pairs,
      of: 'field',
      weight: 'field weight',
      ablation: 'effect of hiding',
      units: 'log-odds',
      correlation: rankCorrelation(
        pairs.map(pair => pair.weight),
        pairs.map(pair => pair.ablation),
      ),
      rows: rows.length,
    }),
  ]
}
