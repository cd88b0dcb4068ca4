import type { Interactions } from '../../../../data/index.ts'
import type { CaseScorer } from '../rank.ts'

/**
 * What the training users chose whose attributes are most alike: by the share of values two users have in common (Jaccard),
 * the `nearest` most alike and all who tie with the last of them, each weighed by how alike it is.
 */
export function attributeNeighbours({ users, events }: Interactions, train: Int32Array, nearest = 50): CaseScorer {
  const values = users.names.map(
    (_, user) =>
      new Set(
        users.attributes.flatMap(({ name, values }) => values[user]!.map(value => JSON.stringify([name, value]))),
      ),
  )
  const chosen = new Map<number, number[]>()
  for (const i of train) {
    const user = events!.user[i]!
    const items = chosen.get(user)
    if (items) items.push(events!.item[i]!)
    else chosen.set(user, [events!.item[i]!])
  }
  const scoresOf = (user: number, items: number): Float64Array => {
    const alike = [...chosen]
      .filter(([other]) => other !== user)
      .map(([other, own]) => ({ own, weight: jaccard(values[user]!, values[other]!) }))
      .sort((a, b) => b.weight - a.weight)
    const least = Math.max(alike[Math.min(nearest, alike.length) - 1]?.weight ?? 0, Number.MIN_VALUE)
    const scores = new Float64Array(items)
    for (const { own, weight } of alike) {
      if (weight < least) break
      for (const item of own) scores[item]! += weight
    }
    return scores
  }
  return async (cases, items) => {
    const scores = new Float64Array(cases.length * items)
    cases.forEach(({ user }, c) => scores.set(scoresOf(user, items), c * items))
    return scores
  }
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0
  for (const value of a) if (b.has(value)) both++
  const either = a.size + b.size - both
  return either === 0 ? 0 : both / either
}
