import type { Random } from '../../../random/index.ts'
import type { Player, View } from './player.ts'

/** The action of the greatest expected payoff when the other plays action k with probability `belief[k]`; the first of equals. */
export function bestResponse(payoffs: View['payoffs'], belief: readonly number[]): number {
  const values = expected(payoffs, belief)
  return values.indexOf(Math.max(...values))
}

const expected = (payoffs: View['payoffs'], belief: readonly number[]): number[] =>
  payoffs.map(row => row.reduce((sum, payoff, k) => sum + payoff * belief[k]!, 0))

const uniform = (count: number): number[] => new Array<number>(count).fill(1 / count)

const pure = (count: number, action: number): number[] =>
  Array.from({ length: count }, (_, k) => (k === action ? 1 : 0))

/** The same game as the other sees it. */
const turned = (payoffs: View['payoffs']): number[][] => payoffs[0]!.map((_, k) => payoffs.map(row => row[k]!))

/** Best response to an opponent of level k - 1; level 0 plays everything alike (Stahl and Wilson 1995). */
export const levelK = (level: number): Player => ({
  name: `level:${level}`,
  summary: `best response to level ${level - 1}`,
  choose: ({ payoffs, otherPayoffs }) => answerOfLevel(payoffs, turned(otherPayoffs), level),
})

/** What a player of this level does; `mine` are its payoffs by its own action first, `theirs` the other's by theirs. */
function answerOfLevel(mine: View['payoffs'], theirs: View['payoffs'], level: number): number {
  const belief = level <= 1 ? uniform(theirs.length) : pure(theirs.length, answerOfLevel(theirs, mine, level - 1))
  return bestResponse(mine, belief)
}

/** Best response to how often the other did each thing so far, each counted once beforehand (Brown 1951). */
export const fictitious: Player = {
  name: 'fictitious',
  summary: "best response to the other's frequencies so far",
  choose: ({ payoffs, otherActions, other }) => {
    const counts = otherActions.map(() => 1)
    for (const move of other) counts[move]!++
    return bestResponse(
      payoffs,
      counts.map(count => count / (other.length + counts.length)),
    )
  },
}

/** Logit response, of rationality lambda, to the fixed point of two such players (McKelvey and Palfrey 1995). */
export const quantal = (lambda: number): Player => ({
  name: `qre:${lambda}`,
  summary: `logit quantal response of rationality ${lambda}`,
  choose: ({ payoffs, otherPayoffs }, random) => draw(quantalEquilibrium(payoffs, otherPayoffs, lambda).own, random),
})

/** The logit equilibrium of a game by damped iteration: both players' probabilities. */
export function quantalEquilibrium(
  payoffs: View['payoffs'],
  otherPayoffs: View['payoffs'],
  lambda: number,
): { own: number[]; other: number[] } {
  const theirs = turned(otherPayoffs)
  let [own, other] = [uniform(payoffs.length), uniform(theirs.length)]
  for (let step = 0; step < 2000; step++) {
    const [nextOwn, nextOther] = [softmax(expected(payoffs, other), lambda), softmax(expected(theirs, own), lambda)]
    own = own.map((p, i) => 0.9 * p + 0.1 * nextOwn[i]!)
    other = other.map((p, i) => 0.9 * p + 0.1 * nextOther[i]!)
  }
  return { own, other }
}

function softmax(values: readonly number[], lambda: number): number[] {
  const top = Math.max(...values)
  const powers = values.map(value => Math.exp(lambda * (value - top)))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map(power => power / total)
}

function draw(probabilities: readonly number[], random: Random): number {
  let left = random.uniform()
  const found = probabilities.findIndex(probability => (left -= probability) < 0)
  return found < 0 ? probabilities.length - 1 : found
}

const [learningRate, exploration] = [0.3, 0.1]

/** Q-learning over the last pair of moves, from the history of this match alone (Sandholm and Crites 1996). */
export const qLearner: Player = {
  name: 'q',
  summary: 'Q-learning over the last pair of moves, within the match',
  choose: ({ payoffs, own, other, actions, otherActions }, random) => {
    const state = (t: number) => (t === 0 ? 0 : 1 + own[t - 1]! * otherActions.length + other[t - 1]!)
    const top = Math.max(...payoffs.flat())
    const values = Array.from({ length: 1 + actions.length * otherActions.length }, () => actions.map(() => top))
    own.forEach((move, t) => {
      const next = Math.max(...values[state(t + 1)]!)
      const target = 0.5 * payoffs[move]![other[t]!]! + 0.5 * next
      values[state(t)]![move]! += learningRate * (target - values[state(t)]![move]!)
    })
    if (random.uniform() < exploration) return random.integer(actions.length)
    const here = values[state(own.length)]!
    return here.indexOf(Math.max(...here))
  },
}
