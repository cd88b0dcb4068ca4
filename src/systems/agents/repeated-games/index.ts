import { defineSystem, tasks, z } from '../../../system/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { play } from './match.ts'
import { playerNamed } from './players.ts'
import { study } from './study.ts'

export const repeatedGames = defineSystem({
  name: 'repeated-games',
  family: 'agents',
  summary: 'rules, learners and recorded models play a game again and again',
  paper: {
    title: 'Playing repeated games with large language models',
    venue: 'Nature Human Behaviour',
    year: 2025,
    code: 'eliaka/repeatedgames',
  },
  task: tasks.agents,
  options: z.object({
    players: z.string().default('tft,grim').describe('who plays: two names, as tft,lookup:gpt4 or chat:MODEL@URL,tft'),
    rounds: z.number().int().min(0).max(100_000).default(0).describe("rounds; 0 for the game's own"),
  }),
  world: 'dilemma',
  async predict(game, { players, rounds }, { seed, signal }) {
    const names = players.split(',').map(name => name.trim())
    if (names.length !== 2) {
      throw new InterplayError('option/invalid', `a match has two players, '${players}' names ${names.length}`, {
        where: `--set players=${players}`,
        try: '--set players=tft,grim',
      })
    }
    const [first, second] = names.map(name => playerNamed(name, game.name))
    const records = await play(game, [first!, second!], { seed, rounds: rounds === 0 ? undefined : rounds, signal })
    return { records: records.map(round => ({ ...round })) }
  },
  study,
})
