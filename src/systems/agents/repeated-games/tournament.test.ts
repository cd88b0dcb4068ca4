import { describe, expect, it } from 'vitest'
import { battle, dilemma, type Game } from '../../../data/index.ts'
import { describeGame } from './description.ts'
import { matchOf } from './played-match.ts'
import { profiles } from './profiles.ts'
import { scoreOf } from './score.ts'
import { nashEquilibria } from './solution.ts'
import { standings, tournament } from './tournament.ts'
import { nashErrors } from './trials.ts'

const game = dilemma.make({ seed: 1 })
const fines: Game = {
  name: 'fines',
  actions: [
    ['C', 'D'],
    ['C', 'D'],
  ],
  payoffs: [
    [
      [-1, -3],
      [0, -2],
    ],
    [
      [-1, 0],
      [-3, -2],
    ],
  ],
  rounds: 4,
}
const shifted = (by: number): Game => ({
  ...fines,
  payoffs: fines.payoffs.map(table => table.map(row => row.map(value => value + by))) as unknown as Game['payoffs'],
})

describe('a score', () => {
  it('runs from the least to the most where payoffs are below 0, as if that least were 0', async () => {
    const scores = async (of: Game) =>
      (await tournament([of], { players: ['tft', 'f'], seeds: [1] })).map(match => match.scores)
    expect(await scores(fines)).toEqual(await scores(shifted(3)))
    expect((await scores(fines))[1]).toEqual([3 / 12, 6 / 12])
  })

  it('gives nothing for a round that could not be read, and all where there is nothing to get', () => {
    const round = { round: 1, player1: 'a', player2: 'b', answer1: null, answer2: 'D', total1: 0, total2: 0 }
    expect(scoreOf(fines, [{ ...round, points1: null, points2: null }], 0)).toBe(0)
    const zero = shifted(0).payoffs.map(table => table.map(row => row.map(() => 0))) as unknown as Game['payoffs']
    expect(scoreOf({ ...fines, payoffs: zero }, [{ ...round, points1: 0, points2: 0 }], 0)).toBe(1)
  })
})

describe('a profile', () => {
  it('is the mean signature of matches, with what the player remembers', async () => {
    const matches = await tournament([game], { players: ['tft', 'defect-once'], seeds: [1, 2] })
    const [tft, once] = profiles(matches, ['tft', 'defect-once'])
    expect(tft!.coordination.value).toBeCloseTo((1 + 1 + 0.8 + 0.8) / 4, 12)
    expect(tft!.forgiveness.value).toBeCloseTo(8 / 9, 12)
    expect(tft!.memory.map(({ value }) => value)).toEqual([1, 0, 1, Number.NaN])
    expect(once!.memory[3]!.value).toBe(1)
    expect(tft!.predictions.value).toBeNaN()
    expect(tft!.unreadable).toBe(0)
  })

  it('counts answers that could not be read', () => {
    const round = { round: 1, player1: 'a', player2: 'b', answer1: null, answer2: 'J', points1: null, points2: null }
    const match = matchOf(game, 1, [{ ...round, total1: 0, total2: 0 }])
    const found = profiles([match], ['a', 'b'])
    expect(found.map(({ unreadable }) => unreadable)).toEqual([1, 0])
    expect(found[0]!.coordination.value).toBeNaN()
    expect(standings([match]).map(({ value }) => value)).toEqual([0, 0])
  })
})

it('goes on behind matches that were played', async () => {
  const options = { players: ['tft', 'random:0.5'], seeds: [1, 2] }
  const whole = await tournament([game], options)
  const ended: number[] = []
  const played = whole.slice(0, 3).map(({ rounds }) => rounds)
  const rest = await tournament([game], { ...options, played, onMatch: (_, done) => void ended.push(done) })
  expect(rest).toEqual(whole)
  expect(ended).toEqual([4, 5, 6, 7, 8])
})

it('describes a game by its solutions', () => {
  expect(describeGame(game)).toMatchObject({
    equilibria: [{ first: 0, second: 0 }],
    security: [5, 5],
    pareto: [
      ['J', 'J'],
      ['J', 'F'],
      ['F', 'J'],
    ],
  })
  expect(describeGame(battle.make({ seed: 1 })).equilibria).toHaveLength(3)
})

describe('the check of equilibria', () => {
  const isPure = ({ first, second }: { first: number; second: number }) => first % 1 === 0 && second % 1 === 0

  it('finds no error in the solver', () => expect(nashErrors(1000)).toBe(0))

  it.each<[string, typeof nashEquilibria]>([
    [
      'the mixed one beside pure ones',
      given => {
        const found = nashEquilibria(given)
        return found.some(isPure) ? found.filter(isPure) : found
      },
    ],
    ['the only one, mixed', given => nashEquilibria(given).filter(isPure)],
    ['a pure one', given => nashEquilibria(given).slice(1)],
    ['what is another', given => nashEquilibria(given).map(one => nashEquilibria(given).find(isPure) ?? one)],
  ])('tells a solver that misses %s', (_, broken) => expect(nashErrors(1000, broken)).toBeGreaterThan(0))
})
