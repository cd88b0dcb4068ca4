import type { TokenPairs } from '../../../data/index.ts'
import { State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { countParameters } from '../../../nn/index.ts'
import type { Answer, Fitted, GivenRun, RunContext, Saved } from '../../../system/index.ts'
import { explanationOf, namesOfLevel } from './explanation.ts'
import { Matcher, type LevelMap } from './matcher.ts'
import { Hbi, type Sizes } from './model.ts'
import { scoresOf, train, type TrainOptions } from './train.ts'
import type { PairRule } from '../../../lenses/index.ts'

type Options = TrainOptions & { rule: PairRule; item: number }

export async function fit(pairs: TokenPairs, options: Options, context: RunContext): Promise<Fitted<TokenPairs>> {
  if (options.width % options.heads > 0)
    throw new InterplayError('option/conflict', `heads (${options.heads}) must divide width (${options.width})`, {
      where: '--set heads',
    })
  const { model, sizes, state, matcher, valid, test, splits } = await train(pairs, options, context)
  const shown = splits.test[0]!
  const maps = await matcher.maps(pairs, shown, { ...options, seed: context.seed })
  const { figures } = explanationOf(maps, pairs, shown)
  return {
    ...fitted({ model, sizes, state, matcher, options }),
    metrics: { valid: { ...valid }, test: { ...test } },
    notes: [`maps of item ${shown + 1}, which was not learned from`],
    figures,
  }
}

export const load = (saved: Saved, { threads }: RunContext): Promise<Fitted<TokenPairs>> =>
  Promise.resolve(fitted(opened(saved, threads)))

/**
 * The maps of an item by what a run learned, from words and frames up.
 * @throws InterplayError `usage/wrong-task`, `shape/mismatch`, `data/no-row`
 */
export async function mapsOfRun(
  { name, system, saved }: GivenRun,
  pairs: TokenPairs,
  item: number,
  options: { rule: PairRule; samples: number },
  { seed, threads, signal }: RunContext,
): Promise<LevelMap[]> {
  if (system !== 'hbi')
    throw new InterplayError('usage/wrong-task', `'${name}' is a run of ${system}, hbi looks at its own`)
  const { matcher, sizes } = opened(saved, threads)
  try {
    checkSizes(pairs, sizes)
    return await matcher.maps(pairs, item, { ...options, seed, signal })
  } finally {
    await matcher.close()
  }
}

function opened({ description, tensors }: Saved, threads: number): Parts {
  const { options, sizes } = description as unknown as { options: Options; sizes: Sizes }
  const model = new Hbi(sizes, options)
  const state = new State({ model }, 1)
  state.load(tensors!)
  return { model, sizes, state, matcher: new Matcher(model, sizes, state, threads), options }
}

interface Parts {
  model: Hbi
  sizes: Sizes
  state: State
  matcher: Matcher
  options: Options
}

const fitted = ({ model, sizes, state, matcher, options }: Parts): Fitted<TokenPairs> => ({
  parameters: countParameters(model),
  predict: (pairs, context) => answer(pairs, matcher, sizes, options, context),
  save: () => ({
    description: { options, sizes },
    tensors: Object.fromEntries([...state.entries()].filter(([name]) => name.startsWith('model.'))),
  }),
  close: () => matcher.close(),
})

/** A record an item: the video its text finds first, and the words and frames that found each other; all maps as a file. */
async function answer(
  pairs: TokenPairs,
  matcher: Matcher,
  sizes: Sizes,
  { rule, samples }: Options,
  { seed, signal }: RunContext,
): Promise<Answer> {
  checkSizes(pairs, sizes)
  const items = Int32Array.from({ length: pairs.items }, (_, item) => item)
  const similarities = await matcher.similarities(pairs, items, signal)
  const lines = ['item,level,row,column,cosine,interaction']
  const records: Record<string, unknown>[] = []
  for (const item of items) {
    signal?.throwIfAborted()
    const maps = await matcher.maps(pairs, item, { rule, samples, seed, signal })
    maps.forEach((map, level) => lines.push(...linesOf(item, level, map)))
    const own = similarities.subarray(item * items.length, (item + 1) * items.length)
    const first = own.indexOf(Math.max(...own))
    records.push({ item: item + 1, similarity: own[item]!, match: first + 1, together: strongest(maps[0]!) })
  }
  const { recall1, medianRank } = await scoresOf(matcher, pairs, items, signal)
  return {
    records,
    files: { 'interactions.csv': `${lines.join('\n')}\n` },
    notes: [`${(100 * recall1).toFixed(1)}% of the texts find their own video first; median rank ${medianRank}`],
  }
}

function strongest({ rows, columns, interactions }: LevelMap): string {
  const at = interactions.indexOf(Math.max(...interactions))
  const [word, frame] = namesOfLevel(0)
  return `${word} ${rows[Math.floor(at / columns.length)]! + 1}, ${frame} ${columns[at % columns.length]! + 1}`
}

const linesOf = (item: number, level: number, { rows, columns, cosines, interactions }: LevelMap): string[] =>
  rows.flatMap((r, i) =>
    columns.map((c, j) => {
      const at = i * columns.length + j
      return [item + 1, level + 1, r + 1, c + 1, cosines[at]!.toFixed(6), interactions[at]!.toFixed(6)].join(',')
    }),
  )

function checkSizes({ text, frames }: TokenPairs, sizes: Sizes): void {
  const wanted: [string, number, number][] = [
    ['words', text.length, sizes.words],
    ['numbers of a word', text.width, sizes.textWidth],
    ['frames', frames.length, sizes.frames],
    ['numbers of a frame', frames.width, sizes.frameWidth],
  ]
  const off = wanted.find(([, got, learned]) => got !== learned)
  if (off) throw new InterplayError('shape/mismatch', `${off[1]} ${off[0]}, ${off[2]} were learned from`)
}
