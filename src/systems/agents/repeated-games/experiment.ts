import { battle, dilemma } from '../../../data/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { play } from './match.ts'
import { playerNamed } from './players.ts'
import {
  matchesOf,
  people,
  recordedGames,
  recordedRounds,
  recordedTable,
  replayMismatches,
  type RecordedRound,
} from './recorded.ts'
import { alikeAgainstCooperator, identified, nashErrors, ordinalClasses, policyAgainst } from './trials.ts'

/** In the authors' recordings rules that look back further see the end of the match before in their first rounds. */
const oneMoveBack = ['j', 'f', 'defect-once', 'jf', 'fj', 'tft', 'stft', 'rtft']

const recorded = [
  'replay',
  'families',
  'models',
  'people',
  'peopleDilemma',
  'totals',
  'battleTotals',
  'longTotals',
  'unforgiving',
  'policy',
  'scot',
  'battle',
  'rules',
]

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip } = context
  const { classes, games } = ordinalClasses()
  settle('classes', { measured: `${classes} of ${games}`, holds: classes === 144 && games === 576 })
  const errors = nashErrors(10_000)
  settle('nash', { measured: `${errors} errors`, holds: errors === 0 })
  const share = await identified(100, 20)
  settle('identify', { measured: `${(100 * share).toFixed(1)}%`, holds: share >= 0.95 })
  const alike = await alikeAgainstCooperator()
  settle('alike', { measured: alike.join(', '), holds: alike.includes('tft') && alike.includes('grim') })
  const folder = context.dataset('repeated-games')
  if (folder === undefined) {
    for (const claim of recorded) skip(claim, 'the recordings are not here')
    return
  }
  await policies(context)
  await matches(context, folder)
  await overGames(context, folder)
}

async function policies({ settle }: StudyContext): Promise<void> {
  const base = (rule: string) => policyAgainst('gpt4', 'dilemma', rule)
  const once = await base('defect-once')
  settle('unforgiving', compared([once.moves, once.totals], 'JFJFFFFFFF, 88-18'))
  settle('policy', compared([(await base('j')).totals, (await base('f')).totals], '80-80, 40-60'))
  const [scotOnce, scotF] = [
    await policyAgainst('gpt4-scot', 'dilemma', 'defect-once'),
    await policyAgainst('gpt4-scot', 'battle', 'f'),
  ]
  settle('scot', compared([scotOnce.totals, scotF.totals], '90-10, 63-90'))
  const inBattle = []
  for (const rule of ['jf', 'fj', 'f']) inBattle.push((await policyAgainst('gpt4', 'battle', rule)).totals)
  settle('battle', compared(inBattle, '50-35, 50-35, 35-50'))
}

const compared = (found: readonly string[], expected: string) => ({
  measured: found.join(', '),
  holds: found.join(', ') === expected,
})

async function matches({ settle }: StudyContext, folder: string): Promise<void> {
  const inDilemma = await recordedRounds(folder, 'pd_experiment_pd.csv', 'dilemma')
  const inBattle = await recordedRounds(folder, 'bos_experiment_bos.csv', 'battle')
  const long = await recordedRounds(folder, 'pd_tft_data_pd_base_gpt4_tfts.csv', 'dilemma')
  const against = (others: readonly string[]) => others.map((other): [string, string] => ['gpt4', other])
  settle(
    'totals',
    compared(
      totalsOf(inDilemma, against(['gpt4', 'gpt35', 'f', 'defect-once', 'j'])),
      '80-80, 83-23, 45-55, 90-10, 80-80',
    ),
  )
  const predicting = 'gpt4-predictfirst'
  settle(
    'battleTotals',
    compared(
      totalsOf(inBattle, [...against(['jf', 'f']), [predicting, 'jf'], [predicting, predicting], [predicting, 'f']]),
      '50-35, 42-60, 71-65, 100-70, 63-90',
    ),
  )
  settle(
    'longTotals',
    compared(
      totalsOf(long, against(['gpt4', 'tft', 'tftt', 'stft', 'htft', 'rtft', 'np10', 'np20'])),
      '160-160, 160-160, 160-160, 100-100, 95-105, 115-115, 106-106, 119-129',
    ),
  )
  const sources: [RecordedRound[], number][] = [
    [inDilemma, 10],
    [inBattle, 10],
    [long, 20],
  ]
  let mismatches = 0
  let replayed = 0
  for (const [rounds, length] of sources) {
    for (const match of matchesOf(rounds, length)) {
      const { player1, player2, game } = match[0]!
      if (!oneMoveBack.includes(player1) || !oneMoveBack.includes(player2)) continue
      replayed++
      const own = await play(
        { dilemma, battle }[game as 'dilemma'].make({ seed: 1 }),
        [playerNamed(player1, game), playerNamed(player2, game)],
        { seed: 1, rounds: length },
      )
      own.forEach(({ answer1, answer2 }, t) => {
        const same = match[t]!.moves.map(move => ['J', 'F'][move])
        if (answer1 !== same[0] || answer2 !== same[1]) mismatches++
      })
    }
  }
  settle('rules', {
    measured: `${mismatches} mismatches`,
    holds: mismatches === 0 && replayed > 0,
    note: `${replayed} matches`,
  })
}

/** Totals at the end of the recorded match of each pair, `80-80`. */
const totalsOf = (rounds: readonly RecordedRound[], pairs: readonly (readonly [string, string])[]): string[] =>
  pairs.map(([first, second]) =>
    rounds
      .filter(({ player1, player2 }) => player1 === first && player2 === second)
      .at(-1)!
      .totals.join('-'),
  )

async function overGames({ settle, show }: StudyContext, folder: string): Promise<void> {
  const rounds = await recordedGames(folder)
  const games = await recordedTable(folder)
  const mismatches = replayMismatches(rounds, 10, game => games.get(game)!.payoffs)
  settle('replay', { measured: `${mismatches} mismatches`, holds: mismatches === 0 && rounds.length === 36_000 })
  const scores = normalizedScores(rounds, game => games.get(game)!.family!)
  const families = [...scores.families].sort((a, b) => b[1] - a[1])
  show({
    table: {
      columns: ['family', 'mean normalised score'],
      rows: families.map(([name, score]) => [name, short(score)]),
    },
  })
  const order = ['Win-win', 'Biased', 'PD Family', 'Unfair', 'Cyclic', 'Second Best', 'Tragic']
  const found = compared(
    families.map(([, score]) => short(score)),
    '.868, .729, .728, .717, .699, .649, .637',
  )
  settle('families', { ...found, holds: found.holds && families.every(([name], i) => name === order[i]) })
  const models = ['gpt4', 'claude2', 'claude1', 'gpt35', 'llama2'].map(name => short(scores.players.get(name)!))
  settle('models', compared(models, '.773, .777, .755, .743, .685'))
  const human = await people(folder)
  const [base, prompted] = [human.get('BoS Base')!, human.get('BoS Prompted')!]
  settle(
    'people',
    compared(
      [base.points.toFixed(2), prompted.points.toFixed(2), short(base.coordination), short(prompted.coordination)],
      '4.34, 5.08, .543, .616',
    ),
  )
  const inDilemma = ['PD Base', 'PD Prompted'].map(key => human.get(key)!.points.toFixed(2))
  settle('peopleDilemma', compared(inDilemma, '6.11, 6.21'))
}

const short = (share: number): string => share.toFixed(3).replace(/^0/, '')

/**
 * Means over both seats of total / (rounds x most), where the most is, as in the authors' analysis, the largest payoff
 * that the seat was ever seen to get in the game.
 */
function normalizedScores(rounds: readonly RecordedRound[], familyOf: (game: string) => string) {
  const most = new Map<string, number>()
  for (const { game, points } of rounds)
    points.forEach((own, seat) => most.set(`${game} ${seat}`, Math.max(most.get(`${game} ${seat}`) ?? 0, own ?? 0)))
  const families = new Map<string, number[]>()
  const players = new Map<string, number[]>()
  const add = (to: Map<string, number[]>, key: string, value: number) => to.set(key, [...(to.get(key) ?? []), value])
  for (const match of matchesOf(rounds, 10)) {
    const { game, player1, player2, totals } = match.at(-1)!
    ;[player1, player2].forEach((player, seat) => {
      const score = totals[seat]! / (match.length * most.get(`${game} ${seat}`)!)
      add(families, familyOf(game), score)
      add(players, player, score)
    })
  }
  const means = (of: Map<string, number[]>) =>
    new Map([...of].map(([key, list]) => [key, list.reduce((sum, value) => sum + value, 0) / list.length]))
  return { families: means(families), players: means(players) }
}
