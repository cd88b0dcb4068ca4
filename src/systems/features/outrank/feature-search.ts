import type { EncodedTable } from '../../../data/index.ts'
import { evaluate } from '../../../metrics/index.ts'
import { categoricalSpec } from '../../../study/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { answersOf, trainingSettings } from '../../../train/index.ts'
import { Logistic } from '../logistic/model.ts'
import { trainCandidate } from '../shared/candidates.ts'
import type { Needles } from './needles.ts'

/** Of the rows, in the order of time: the first are learned from, the next decide what is kept, the last tell how good it is. */
const [learned, decided] = [0.6, 0.8]

/** Rows that a ranking may see. */
export const rowsLearned = ({ y }: Needles): number => Math.floor(learned * y.length)

/** Log loss that a set must take off to be kept. */
const leastGain = 5e-4

type Context = Pick<RunContext, 'seed' | 'threads' | 'signal'>

/**
 * Forward search of sets of columns for a logistic model, one fit a set in the order given: a set is kept where the model with
 * it has the smaller loss on the rows that decide. Returns the log loss on the last rows of what is kept after each fit.
 */
export async function searchSets(
  world: Needles,
  order: readonly (readonly string[])[],
  context: Context,
): Promise<number[]> {
  const kept: SetCodes[] = []
  const losses: number[] = []
  let best = await lossesOf(world, [], context)
  for (const set of order) {
    context.signal?.throwIfAborted()
    const codes = codesOf(world, set)
    const found = await lossesOf(world, [...kept, codes], context)
    if (found.deciding < best.deciding - leastGain) {
      kept.push(codes)
      best = found
    }
    losses.push(best.last)
  }
  return losses
}

/** The log loss on the last rows of a logistic model of these sets. */
export const lossOf = async (world: Needles, sets: readonly (readonly string[])[], context: Context): Promise<number> =>
  (
    await lossesOf(
      world,
      sets.map(set => codesOf(world, set)),
      context,
    )
  ).last

/** A set's values by row, in the order in which learned rows have them; those they have not are one more. */
interface SetCodes {
  codes: Int32Array
  count: number
}

function codesOf(world: Needles, set: readonly string[]): SetCodes {
  const columns = set.map(name => world.columns[name]!)
  const end = rowsLearned(world)
  const known = new Map<string, number>()
  const texts = world.y.map((_, row) => columns.map(column => column[row]).join(' '))
  for (const text of texts.slice(0, end)) if (!known.has(text)) known.set(text, known.size)
  return { codes: Int32Array.from(texts, text => known.get(text) ?? known.size), count: known.size + 1 }
}

async function lossesOf(world: Needles, sets: readonly SetCodes[], { seed, threads, signal }: Context) {
  const [first, second] = [rowsLearned(world), Math.floor(decided * world.y.length)]
  const part = (from: number, to: number) => tableOf(world, sets, from, to)
  const [train, valid, last] = [part(0, first), part(first, second), part(second, world.y.length)]
  if (sets.length === 0) {
    const rate = train.targets[0]!.reduce((sum, label) => sum + label, 0) / train.rows
    const [deciding, after] = [valid, last].map(({ targets: [labels] }) => constantLoss(labels!, rate))
    return { deciding: deciding!, last: after! }
  }
  const spec = { ...categoricalSpec(sets.map(({ count }) => count + 1)), rows: train.rows }
  const settings = trainingSettings(train.rows, {
    ...{ seed, threads, batch: 1000, learningRate: 0.02, epochs: 8, patience: 1, metric: 'logLoss' },
    ...{ embeddingRegularization: 1e-4, networkRegularization: 1e-4 },
  })
  const { learner, training } = await trainCandidate(
    'a logistic model',
    new Logistic(spec),
    { spec, train, valid },
    settings,
    { signal },
  )
  try {
    const [answers] = await answersOf(learner, last, signal)
    return { deciding: training.bestValue, last: evaluate(answers!, ['logLoss']).logLoss! }
  } finally {
    await learner.close()
  }
}

const constantLoss = (labels: Float32Array, rate: number): number =>
  labels.reduce((sum, label) => sum - Math.log(label === 1 ? rate : 1 - rate), 0) / labels.length

function tableOf({ y }: Needles, sets: readonly SetCodes[], from: number, to: number): EncodedTable {
  const [rows, width] = [to - from, sets.length]
  const categorical = new Int32Array(rows * width)
  let start = 1
  for (const [s, { codes, count }] of sets.entries()) {
    for (let row = 0; row < rows; row++) categorical[row * width + s] = start + codes[from + row]!
    start += count + 1
  }
  return {
    rows,
    categorical,
    numeric: new Float32Array(),
    sequences: [],
    targets: [Float32Array.from(y.slice(from, to))],
    rowNumber: Int32Array.from({ length: rows }, (_, row) => from + row + 1),
  }
}
