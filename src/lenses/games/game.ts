import { InterplayError } from '../../errors/index.ts'
import { checkAnswer } from '../answer.ts'

/**
 * A cooperative game: what a coalition of players is worth. Coalitions are rows of 32-bit words, player p in bit p % 32 of
 * word p >> 5, ceil(players / 32) words each.
 */
export interface Game {
  readonly players: readonly string[]
  /** [coalitions] values. */
  evaluate(coalitions: Uint32Array, signal?: AbortSignal): Promise<Float64Array>
}

export const wordsOf = (players: number) => Math.max(1, Math.ceil(players / 32))

/** Most players whose 2^n coalitions are held at once. */
export const mostExactPlayers = 20

/** A game of up to 31 players from a function of the coalition's bit mask. */
export function maskGame(players: number | readonly string[], value: (mask: number) => number): Game {
  const names = typeof players === 'number' ? Array.from({ length: players }, (_, p) => `${p + 1}`) : players
  return { players: names, evaluate: async coalitions => Float64Array.from(coalitions, mask => value(mask)) }
}

/**
 * A game as the estimators use it: no coalition is paid for twice, values are checked, calls counted.
 */
export class CachedGame implements Game {
  readonly players: readonly string[]
  readonly words: number
  /** Distinct coalitions evaluated. */
  calls = 0
  private readonly known = new Map<number | string, number>()

  constructor(
    private readonly inner: Game,
    private readonly name = 'game',
  ) {
    this.players = inner.players
    this.words = wordsOf(inner.players.length)
  }

  /** @throws InterplayError `predictor/answer` for values that are not finite */
  async evaluate(coalitions: Uint32Array, signal?: AbortSignal): Promise<Float64Array> {
    signal?.throwIfAborted()
    const { words, known } = this
    const answers = new Float64Array(coalitions.length / words)
    const missing: number[] = []
    const fresh = new Map<number | string, number>()
    const rows = new Uint32Array(coalitions.length)
    for (let k = 0; k < answers.length; k++) {
      const key = this.key(coalitions, k)
      const value = known.get(key)
      if (value !== undefined) {
        answers[k] = value
        continue
      }
      missing.push(k)
      if (fresh.has(key)) continue
      for (let w = 0; w < words; w++) rows[fresh.size * words + w] = coalitions[k * words + w]!
      fresh.set(key, fresh.size)
    }
    if (fresh.size === 0) return answers
    const values = await this.inner.evaluate(rows.subarray(0, fresh.size * words), signal)
    checkAnswer(values, { name: this.name, rows: fresh.size, outputs: 1 })
    for (const [key, place] of fresh) known.set(key, values[place]!)
    this.calls += fresh.size
    for (const k of missing) answers[k] = known.get(this.key(coalitions, k))!
    return answers
  }

  /** Distinct coalitions that are not known yet. */
  unknown(coalitions: Uint32Array): number {
    const fresh = new Set<number | string>()
    for (let k = 0; k * this.words < coalitions.length; k++) {
      const key = this.key(coalitions, k)
      if (!this.known.has(key)) fresh.add(key)
    }
    return fresh.size
  }

  private key(coalitions: Uint32Array, k: number): number | string {
    if (this.words === 1) return coalitions[k]!
    return String.fromCharCode(...new Uint16Array(coalitions.slice(k * this.words, (k + 1) * this.words).buffer))
  }
}

/**
 * All 2^n values by bit mask.
 *
 * @throws InterplayError `lens/needs` above 20 players
 */
export async function allValues(game: Game, signal?: AbortSignal): Promise<Float64Array> {
  const players = game.players.length
  if (players > mostExactPlayers)
    throw new InterplayError('lens/needs', `exact indices take at most ${mostExactPlayers} players, got ${players}`, {
      why: `2^${players} coalitions`,
      try: '--budget 20000',
    })
  return game.evaluate(
    Uint32Array.from({ length: 2 ** players }, (_, mask) => mask),
    signal,
  )
}
