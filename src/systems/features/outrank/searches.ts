import { growForest, impurityFalls, treeRows } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import type { Ranked, StudyContext } from '../../../system/index.ts'
import { lossOf, rowsLearned, searchSets } from './feature-search.ts'
import { needles, type Needles } from './needles.ts'
import type { OutrankOptions } from './options.ts'
import { rankColumns } from './parity.ts'

/** Sets of a ranking that are searched. */
const most = 20
/** Log losses as near as this are the same. */
const near = 0.002

/** What a ranking spares a search of columns, and what the impurity of a forest makes of an id. */
export async function searches(context: StudyContext): Promise<void> {
  const { seeds, size, settle, skip, open } = context
  if (size === 'small') {
    for (const claim of ['search', 'pairSearch', 'forest']) skip(claim, 'full size only')
    return
  }
  const worlds = seeds.map(seed => ({ seed, world: needles(seed) }))
  if (open('search', 'forest')) await alone(worlds, context)
  if (!open('pairSearch')) return
  const [{ seed, world }] = worlds as [(typeof worlds)[number]]
  const { above, drawnAbove } = await together(world, seed, context)
  settle('pairSearch', {
    measured: `${above.toFixed(4)}, ${drawnAbove.toFixed(4)}`,
    holds: above <= near && drawnAbove > near,
    seeds: [seed],
  })
}

async function alone(
  worlds: readonly { seed: number; world: Needles }[],
  { seeds, threads, signal, settle, progress }: StudyContext,
): Promise<void> {
  const found: { ranked: number; drawn: number; forest: number; rank: number; planted: number }[] = []
  for (const { seed, world } of worlds) {
    progress(`200 columns, seed ${seed}: rank, forest and searches`)
    const ranked = setsOf(await rankedOf(world, {}, threads))
    const context = { seed, threads, signal }
    const [byRank, drawn] = [
      await searchSets(world, ranked.slice(0, most), context),
      await searchSets(world, shuffled(ranked, seed), context),
    ]
    const best = Math.min(byRank.at(-1)!, drawn.at(-1)!)
    const fits = (losses: readonly number[]) => losses.findIndex(loss => loss <= best + near) + 1
    const names = ranked.map(set => set.join())
    found.push({
      ranked: fits(byRank),
      drawn: fits(drawn),
      forest: forestOrder(world, seed).indexOf(world.id) + 1,
      rank: names.indexOf(world.id) + 1,
      planted: Math.max(...world.alone.map(name => names.indexOf(name))) + 1,
    })
  }
  settle('search', {
    measured: found.map(({ ranked, drawn }) => `${drawn} to ${ranked}`).join(', '),
    holds: found.every(({ ranked, drawn }) => ranked > 0 && (drawn === 0 || drawn >= 3 * ranked)),
    seeds,
  })
  settle('forest', {
    measured: found
      .map(({ forest, rank, planted }) => `${forest} by the forest, ${rank} by rank, the last planted ${planted}`)
      .join('; '),
    holds: found.every(({ forest, rank, planted }) => forest < rank && planted < rank),
    seeds,
  })
}

/** How far the first fields of a ranking and pairs that act together, and more sets in random order, end above the planted ones. */
async function together(world: Needles, seed: number, { threads, signal, progress }: StudyContext) {
  progress('200 columns and their 19,900 pairs: rank')
  const ranked = await rankedOf(world, { order: 2, combinations: 100_000 }, threads)
  const context = { seed, threads, signal }
  const planted = await lossOf(world, [...world.alone.map(name => [name]), ...world.together], context)
  progress('their pairs: searches')
  const worthwhile = ranked.filter(({ set, flags }) => set.length === 1 || flags?.includes('acts together'))
  const byRank = await searchSets(world, setsOf(worthwhile).slice(0, most), context)
  const drawn = await searchSets(world, shuffled(setsOf(ranked), seed).slice(0, 10 * most), context)
  return { above: byRank.at(-1)! - planted, drawnAbove: drawn.at(-1)! - planted }
}

/** Sets by rank on the rows that a model learns from. */
async function rankedOf(world: Needles, options: Partial<OutrankOptions>, threads: number): Promise<readonly Ranked[]> {
  const end = rowsLearned(world)
  const columns = Object.entries({ ...world.columns, y: world.y }).map(
    ([name, values]) => [name, values.slice(0, end)] as const,
  )
  const { results } = await rankColumns(Object.fromEntries(columns), options, threads)
  return results
}

const setsOf = (ranked: readonly Ranked[]) => ranked.map(({ set }) => set)

const shuffled = (sets: readonly (readonly string[])[], seed: number): (readonly string[])[] => {
  const order = new Random(seed, 'outrank.order').permutation(sets.length)
  return Array.from(order, at => sets[at]!)
}

/** Columns by the impurity that a forest of 100 trees takes off with them, on 4,000 of the learned rows; values are codes. */
function forestOrder({ columns, y }: Needles, seed: number): string[] {
  const names = Object.keys(columns)
  const cells = names.map(name => Float64Array.from(columns[name]!.slice(0, 4000), text => Number(text.slice(1))))
  const rows = treeRows(
    cells,
    names.map(() => 'numeric' as const),
  )
  const targets = { sums: Float64Array.from(y.slice(0, 4000)), weights: new Float64Array(4000).fill(1), outputs: 1 }
  const falls = impurityFalls(growForest(rows, targets, { trees: 100, seed }), names.length)
  return names
    .map((_, c) => c)
    .sort((a, b) => falls[b]! - falls[a]!)
    .map(c => names[c]!)
}
