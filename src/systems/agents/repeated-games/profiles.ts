import { meanInterval, proportionInterval, type Estimate } from '../../../metrics/index.ts'
import { memoryOf, signatureOf, type Signature } from './behaviour.ts'
import { meansByPlace } from './places.ts'
import type { Match } from './played-match.ts'

/** How a player played over a tournament: the signature of its matches, each the mean of those that have it. */
export type Profile = Record<keyof Signature, Estimate> & {
  player: string
  /** P(first action | own last, other's last), by own last then other's last, over all its rounds. */
  memory: Estimate[]
  /** Share of its predictions of the other's move that came true; NaN where it made none. */
  predictions: Estimate
  /** Rounds in which its answer could not be read. */
  unreadable: number
}

/** Profiles of the players, in their order. Seeds of the same seat are averaged before an interval is drawn, as in standings. */
export function profiles(matches: readonly Match[], players: readonly string[]): Profile[] {
  const seats = matches.flatMap(match => match.seats.map((seat, at) => ({ ...seat, match, at })))
  return players.map(player => {
    const own = seats.filter(seat => seat.player === player)
    const signed = own.map(seat => ({ ...seat, signature: signatureOf(seat) }))
    const over = (key: keyof Signature): Estimate => {
      const present = signed.filter(({ signature }) => !Number.isNaN(signature[key]))
      return meanInterval(meansByPlace(present, ({ signature }) => signature[key]))
    }
    const sum = (key: 'unreadable' | 'predictions' | 'foreseen') => own.reduce((total, seat) => total + seat[key], 0)
    return {
      player,
      coordination: over('coordination'),
      alternation: over('alternation'),
      bestResponse: over('bestResponse'),
      regret: over('regret'),
      forgiveness: over('forgiveness'),
      memory: memoryOf(own),
      predictions: proportionInterval(sum('foreseen'), sum('predictions')),
      unreadable: sum('unreadable'),
    }
  })
}
