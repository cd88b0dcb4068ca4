import type { Random } from '../../../random/index.ts'

/** What a player knows when it moves; the other's move of this round is not part of it. */
export interface View {
  /** From 1. */
  round: number
  rounds: number
  /** Names of what the player, and the other, may do. */
  actions: readonly string[]
  otherActions: readonly string[]
  /** `payoffs[own action][other's action]`, the player's own, and the other's of the same outcomes. */
  payoffs: readonly (readonly number[])[]
  otherPayoffs: readonly (readonly number[])[]
  /** Moves so far, as indices into the actions. */
  own: readonly number[]
  other: readonly number[]
  /** The rounds of these moves; one with an answer that could not be read is not among them. */
  playedIn: readonly number[]
}

/** A move, and what is worth keeping of how it came about; `action` is null where the answer could not be read. */
export interface Move {
  action: number | null
  /** The answer as it was given. */
  raw?: string
  /** The order in which the question named the actions. */
  order?: readonly number[]
  /** The other's move that the player expected; null where that answer could not be read. */
  prediction?: number | null
  /** The expectation as it was given. */
  rawPrediction?: string
}

/** Someone who plays: a rule, a recorded policy, a learner. All chance is drawn from the generator of the match. */
export interface Player {
  readonly name: string
  /** Clause for lists. */
  readonly summary: string
  choose(view: View, random: Random): number | Move | Promise<number | Move>
}
