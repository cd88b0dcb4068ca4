import type { Game } from '../games/game.ts'
import type { World } from './world.ts'

const labels = ['J', 'F'] as const

const game = (name: string, first: number[][], second: number[][]): Game => ({
  name,
  actions: [labels, labels],
  payoffs: [first, second],
  rounds: 10,
})

/** The prisoner's dilemma of Akata et al. 2025: J cooperates, F defects. */
export const dilemma: World<Game> = {
  name: 'dilemma',
  title: "the prisoner's dilemma, ten rounds: J cooperates (8 each), F defects (5 each, or 10 against 0)",
  task: 'agents',
  make: () =>
    game(
      'dilemma',
      [
        [8, 0],
        [10, 5],
      ],
      [
        [8, 10],
        [0, 5],
      ],
    ),
}

/** The battle of the sexes of Akata et al. 2025: each prefers another way of doing the same. */
export const battle: World<Game> = {
  name: 'battle',
  title: 'the battle of the sexes, ten rounds: both J pays 10 and 7, both F 7 and 10, else nothing',
  task: 'agents',
  make: () =>
    game(
      'battle',
      [
        [10, 0],
        [0, 7],
      ],
      [
        [7, 0],
        [0, 10],
      ],
    ),
}
