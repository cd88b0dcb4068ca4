import { cellMap, formatNumber, formatQuantity, type ChartSpec } from '../../../charts/index.ts'
import type { TokenPairs } from '../../../data/index.ts'
import type { HostTensor } from '../../../engine/index.ts'
import type { Explanation, Finding } from '../../../system/index.ts'
import type { LevelMap } from './matcher.ts'

/** What levels are called, from words up. */
const levelNames = [
  ['word', 'frame'],
  ['phrase', 'clip'],
  ['sentence', 'segment'],
] as const

/** Pairs that are told of a level. */
const told = 10

export const namesOfLevel = (level: number): readonly [string, string] =>
  levelNames[level] ?? [`text cluster ${level}`, `frame cluster ${level}`]

/** What each row and column of a level is called; a word that is there again, with its place. */
function namesOf({ rows, columns }: LevelMap, level: number, words: readonly string[] | undefined) {
  const [text, seen] = namesOfLevel(level)
  const word = (r: number) => {
    const own = level === 0 ? words?.[r] : undefined
    if (own === undefined) return `${text} ${r + 1}`
    return words!.indexOf(own) === r ? own : `${own} (${r + 1})`
  }
  return { rows: rows.map(word), columns: columns.map(c => `${seen} ${c + 1}`) }
}

/** The strongest pairs of each level of an item, and a map a level. */
export function explanationOf(
  maps: readonly LevelMap[],
  { words }: Pick<TokenPairs, 'words'>,
  item: number,
): Explanation & { figures: ChartSpec[] } {
  const results = maps.flatMap((map, level) => {
    const { rows, columns } = namesOf(map, level, words?.[item])
    const order = [...map.interactions.keys()].sort(
      (a, b) => Math.abs(map.interactions[b]!) - Math.abs(map.interactions[a]!),
    )
    return order.slice(0, told).map((at): Finding => ({
      set: [rows[Math.floor(at / columns.length)]!, columns[at % columns.length]!],
      index: `Banzhaf interaction, ${namesOfLevel(level).join('s and ')}s`,
      value: map.interactions[at]!,
      exact: map.exact,
      ...(!map.exact && intervalAbout(map.interactions[at]!, map.standardErrors[at]!)),
      reason: `cosine ${formatNumber(map.cosines[at]!)}`,
    }))
  })
  const figures = maps.map((map, level) => {
    const { rows, columns } = namesOf(map, level, words?.[item])
    const [text, seen] = namesOfLevel(level)
    return cellMap({
      rows: { title: text, names: rows },
      columns: { title: seen, names: columns },
      values: map.interactions,
      says: (row, column) => `cosine ${formatNumber(map.cosines[row * columns.length + column]!)}`,
      finding: 'interact most',
      units: 'Banzhaf interaction',
      sampleSize: `${formatQuantity(rows.length, text)}, ${formatQuantity(columns.length, seen)}`,
      note: membersNote(map, level),
    })
  })
  const sampled = maps.some(({ exact }) => !exact)
  return {
    results,
    figures,
    tensors: Object.fromEntries(maps.flatMap((map, level) => tensorsOf(map, level))),
    units: 'similarity',
    complete: true,
    notes: [
      'how much better a pair is together than apart, as the mean over all coalitions of the other words and frames; the payoff is the similarity of text and video',
      ...(sampled ? ['coalitions were drawn where there are too many to take all (--set samples)'] : []),
    ],
  }
}

/** 95% of where the mean over all coalitions lies. */
const intervalAbout = (value: number, error: number) => ({ low: value - 1.96 * error, high: value + 1.96 * error })

function tensorsOf({ rows, columns, interactions, cosines }: LevelMap, level: number): [string, HostTensor][] {
  const whole = (data: Float64Array): HostTensor => ({ dtype: 'float64', dims: [rows.length, columns.length], data })
  const [text, seen] = namesOfLevel(level)
  return [
    [`${text}-${seen}.interactions`, whole(interactions)],
    [`${text}-${seen}.cosines`, whole(cosines)],
  ]
}

/** Which words and frames are in which cluster. */
function membersNote({ ofWords, ofFrames }: LevelMap, level: number): string | undefined {
  if (!ofWords || !ofFrames) return undefined
  const [text, seen] = namesOfLevel(level)
  const list = (clusters: readonly number[]) => {
    const members = new Map<number, number[]>()
    clusters.forEach((cluster, token) => members.set(cluster, [...(members.get(cluster) ?? []), token + 1]))
    return [...members]
      .sort(([a], [b]) => a - b)
      .map(([cluster, tokens]) => `${cluster + 1} (${tokens.join(', ')})`)
      .join(', ')
  }
  return `${text}s of words: ${list(ofWords)}. ${seen}s of frames: ${list(ofFrames)}.`
}
