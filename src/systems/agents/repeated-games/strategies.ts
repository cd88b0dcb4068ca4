import type { Random } from '../../../random/index.ts'
import type { Player, View } from './player.ts'

/** The first action of a dilemma cooperates, the second defects. */
const [cooperate, defect] = [0, 1]

const last = (moves: readonly number[], back = 1): number | undefined => moves[moves.length - back]
const opposite = (move: number): number => 1 - move

type Rule = (view: View, random: Random) => number

const rule = (name: string, summary: string, choose: Rule): Player => ({ name, summary, choose })

const titForTat: Rule = ({ other }) => last(other) ?? cooperate
const noisyTitForTat =
  (rate: number): Rule =>
  (view, random) =>
    random.uniform() < rate ? defect : titForTat(view, random)

/** Won when the payoff is above the mean of the best and the worst a player may get. */
const won = ({ payoffs, own, other }: View): boolean => {
  const all = payoffs.flat()
  return payoffs[last(own)!]![last(other)!]! > (Math.max(...all) + Math.min(...all)) / 2
}

/** Rules for two actions, by name, as Akata et al. 2025 play them; `htft` starts as their code does, not as its comment. */
export const strategies: readonly Player[] = [
  rule('j', 'always the first action', () => cooperate),
  rule('f', 'always the second action', () => defect),
  rule('defect-once', 'the second action in round 1, then the first', ({ round }) =>
    round === 1 ? defect : cooperate,
  ),
  rule('jf', 'alternates, the first action first', ({ round }) => (round - 1) % 2),
  rule('fj', 'alternates, the second action first', ({ round }) => round % 2),
  rule('tft', "tit for tat: the other's last move", titForTat),
  rule('tftt', 'defects after two defections in a row', ({ other }) =>
    last(other) === defect && last(other, 2) === defect ? defect : cooperate,
  ),
  rule('stft', 'tit for tat that starts with a defection', ({ other }) => last(other) ?? defect),
  rule('rtft', "starts with a defection, then the opposite of the other's last move", ({ other }) =>
    other.length === 0 ? defect : opposite(last(other)!),
  ),
  rule('htft', 'starts with a defection; defects where one of the last three was one', ({ other }) =>
    other.length === 0 || other.slice(-3).includes(defect) ? defect : cooperate,
  ),
  rule('htft-kind', 'cooperates first; defects where one of the last three was a defection', ({ other }) =>
    other.slice(-3).includes(defect) ? defect : cooperate,
  ),
  rule('grim', 'defects for ever after the first defection', ({ other }) =>
    other.includes(defect) ? defect : cooperate,
  ),
  rule('wsls', 'win-stay, lose-shift', view =>
    view.own.length === 0 ? cooperate : won(view) ? last(view.own)! : opposite(last(view.own)!),
  ),
  rule('np10', 'tit for tat with a tenth of defections thrown in', noisyTitForTat(0.1)),
  rule('np20', 'tit for tat with a fifth of defections thrown in', noisyTitForTat(0.2)),
]

/** Those that draw nothing: what they do follows from the moves so far. */
export const deterministic: readonly Player[] = strategies.filter(({ name }) => !name.startsWith('np'))

/** The first action with this probability. */
export const randomPlayer = (probability: number): Player =>
  rule(`random:${probability}`, `the first action with probability ${probability}`, (_, random) =>
    random.uniform() < probability ? cooperate : defect,
  )
