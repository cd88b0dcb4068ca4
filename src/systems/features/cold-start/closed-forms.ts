import { coldTastes, holdOut, type Interactions, type RankingCase } from '../../../data/index.ts'
import { dense, multiply, singularValues, transposed } from '../../../linear-algebra/index.ts'
import { Random } from '../../../random/index.ts'
import { distance } from '../../../study/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { autoRec } from './baselines/auto-rec.ts'
import { fit, type FittedRecommender } from './fitted.ts'
import { Teacher } from './lessons.ts'
import { options, type ColdStartOptions } from './options.ts'
import { rowsOfCase, scoresOfCase } from './rank.ts'
import { codingFrom, writerOf } from './train.ts'

const context: RunContext = { seed: 1, threads: 1, progress: () => {} }
const small = (): Interactions => coldTastes.make({ seed: 1, size: 'small' })
const quick = (given: Partial<ColdStartOptions> = {}) =>
  options.parse({ epochs: 1, embeddingDimension: 8, width: 8, hidden: [8], batch: 64, ...given })

/** A case of one target among 100 items. */
const oneTarget: RankingCase = {
  user: 0,
  before: new Int32Array(),
  times: new Float64Array(),
  targets: Int32Array.of(7),
  time: 0,
}

/** Largest distance of metrics at 10 from their values by hand: the target third of 100, and all 100 tied. */
export function metricsByHand(): number {
  const third = Float64Array.from({ length: 100 }, (_, item) => (item === 7 ? 97.5 : item))
  const found = scoresOfCase(oneTarget, third)
  const tied = scoresOfCase(oneTarget, new Float64Array(100))
  const ranks = Array.from({ length: 100 }, (_, i) => i + 1)
  const mean = (value: (rank: number) => number) => ranks.reduce((sum, rank) => sum + value(rank) / 100, 0)
  return distance(
    [found.hitRate, found.ndcg, found.mrr, found.recall, tied.hitRate, tied.ndcg, tied.mrr],
    [1, 0.5, 1 / 3, 1, 0.1, mean(rank => (rank <= 10 ? 1 / Math.log2(rank + 1) : 0)), mean(rank => 1 / rank)],
  )
}

/** Largest distance from 1 of the mean weight of a side's fields. */
export async function meanWeights(): Promise<number> {
  const data = small()
  let largest = 0
  for (const selection of ['softmax', 'sparsemax'] as const) {
    await using found = await fitted(data, quick({ selection }))
    const rows = rowsOfCase({ ...oneTarget, time: data.events!.time[0]! }, [0, 1, 2, 3], found.writer, 0)
    const { fields, weights } = await found.recommender.weigh(found.writer, rows)
    for (const side of ['user', 'item', 'context']) {
      const own = fields.flatMap((field, f) => (field.startsWith(`${side}.`) ? [f] : []))
      for (let r = 0; r < rows.length; r++) {
        const mean = own.reduce((sum, f) => sum + weights[r * fields.length + f]! / own.length, 0)
        largest = Math.max(largest, Math.abs(mean - 1))
      }
    }
  }
  return largest
}

/** How far scores of a held-out user move when the items of that user's choices are others. */
export async function leak(): Promise<number> {
  const data = small()
  const { test } = holdOut(data, 'cold-user', context.seed)
  const stranger = test[0]!.user
  const { user, item } = data.events!
  const edited = item.map((at, i) => (user[i] === stranger ? (at + 1) % data.items.names.length : at))
  const scores = async (events: Interactions['events']) => {
    await using found = await fitted({ ...data, events }, quick())
    const rows = rowsOfCase(test[0]!, data.items.names.keys(), found.writer, 0)
    return Float32Array.from(await found.recommender.score(found.writer.write(rows)))
  }
  return distance(await scores(data.events), await scores({ ...data.events!, item: edited }))
}

/** Negatives that their user chose in training, of some 20,000 that lessons drew. */
export function falseNegatives(): number {
  const data = small()
  const { train } = holdOut(data, 'cold-user', context.seed)
  const chosen = quick()
  const teacher = new Teacher(data, train, writerOf(data, codingFrom(data, train, chosen)), chosen)
  const random = new Random(1, 'negatives')
  const { user } = data.events!
  let known = 0
  for (let draw = 0; draw < 20_000; draw++) {
    const who = user[train[draw % train.length]!]!
    known += Number(teacher.sampler.known(who, teacher.sampler.draw(who, random)))
  }
  return known
}

/**
 * Largest distance of a linear AutoRec of four units from the truncated singular value decomposition of the matrix that it
 * learned to give back; singular values 8, 7, 6, 5 and sixteen times 2.
 */
export async function autoRecForm(): Promise<number> {
  const [rows, columns, rank] = [30, 20, 4]
  const random = new Random(1, 'autorec')
  const normal = Float64Array.from({ length: rows * columns }, () => random.normal())
  const { left, right } = singularValues(dense(rows, columns, normal))
  const matrixOf = (values: readonly number[]) => {
    const scaled = left.data.map((value, at) => value * (values[at % columns] ?? 0))
    return multiply(dense(rows, columns, scaled), transposed(right)).data
  }
  const kept = [8, 7, 6, 5]
  const matrix = Float32Array.from(matrixOf([...kept, ...new Array<number>(columns - rank).fill(2)]))
  const linear = { activation: 'identity', bias: false, l2: 0, hidden: rank, learningRate: 0.02, steps: 1500 } as const
  const answer = await autoRec(matrix, columns, { ...linear, seed: 1, threads: 1 })
  return distance(matrixOf(kept), await answer(matrix))
}

/** A recommender of the small world, closed with the block. */
async function fitted(data: Interactions, chosen: ColdStartOptions) {
  const recommender: FittedRecommender = await fit(data, chosen, context)
  return {
    recommender,
    writer: recommender.writer(data),
    [Symbol.asyncDispose]: async () => recommender.close?.(),
  }
}
