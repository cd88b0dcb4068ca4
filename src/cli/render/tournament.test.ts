import { expect, it } from 'vitest'
import { battle, type Game } from '../../data/index.ts'
import { describeGame } from '../../systems/agents/repeated-games/description.ts'
import { profiles } from '../../systems/agents/repeated-games/profiles.ts'
import { scoreGrid, standings, tournament } from '../../systems/agents/repeated-games/tournament.ts'
import { createStyle } from '../terminal/style.ts'
import { renderTournament } from './tournament.ts'

const style = createStyle({ columns: 80 })
const fallen = (game: Game): Game => ({
  ...game,
  payoffs: game.payoffs.map(table => table.map(row => row.map(value => value - 10))) as unknown as Game['payoffs'],
})

async function page(games: Game[], gamesBelowZero: number): Promise<string> {
  const players = ['jf', 'j']
  const matches = await tournament(games, { players, seeds: [1] })
  const document = {
    schema: 'interplay.tournament/1' as const,
    interplay: '0.1.0',
    command: 'bench tournament' as const,
    seconds: 1,
    warnings: [],
    input: 'world:battle',
    games: games.length,
    matches: matches.length,
    rounds: matches.length * 10,
    gamesBelowZero,
    out: null,
    standings: standings(matches),
    profiles: profiles(matches, players),
    players,
    grid: scoreGrid(matches, players),
    families: [],
    theory: games.map(describeGame),
  }
  return renderTournament(document, style).join('\n')
}

it('says who came out best, how each played and what the game is', async () => {
  expect(await page([battle.make({ seed: 1 })], 0)).toMatchInlineSnapshot(`
    "1 game, 4 matches, 40 rounds; score: points over the most there were to get

    player    score   95% interval       seats
    jf       0.6375   0.3897 to 0.8853       4
    j        0.6375   0.3621 to 0.9129       4

    played  coordination  alternation  best response  regret  forgiveness
    jf             75.0%        50.0%          50.0%   0.375        50.0%
    j              75.0%         0.0%          75.0%   0.375       100.0%
    means    coordination: both did the same; alternation: both switched to the
             same; best response, regret: to the other's frequencies, in points a
             round; forgiveness: first actions after the other first took the
             second; – where that never was

    against      jf       j
    jf       0.8500  0.5000
    j        0.5000  1.0000

    game     battle: equilibria J, J; F, F; J 58.8%, J 41.2%
             secured whatever the other does: 4.12 and 4.12
             Pareto: J, J; F, F"
  `)
})

it('says where scores begin where payoffs are below 0', async () => {
  const game = battle.make({ seed: 1 })
  const lines = async (games: Game[], below: number) => (await page(games, below)).split('\n').slice(0, 3).join('\n')
  expect(await lines([fallen(game)], 1)).toMatchInlineSnapshot(`
    "1 game, 4 matches, 40 rounds
    score    points over the most there were to get; with payoffs below 0, both
             above the least"
  `)
  expect(await lines([game, { ...fallen(game), name: 'fallen' }], 1)).toMatchInlineSnapshot(`
    "2 games, 8 matches, 80 rounds
    score    points over the most there were to get; with payoffs below 0 (1 of 2
             games), both above the least"
  `)
})
