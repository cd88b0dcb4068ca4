import type { Program } from '../query/schema.ts'

/** Why a question gets no answer. */
export type Refusal = 'causal' | 'decision' | 'outside' | 'unknown'

/** What a question was understood as. */
export type Reading =
  | { kind: 'program'; program: Program; taken: readonly Taken[] }
  /** One question back; never a guess. */
  | { kind: 'clarify'; question: string; readings: readonly string[] }
  | { kind: 'refuse'; reason: Refusal; about?: string; near: readonly string[] }

/** A misspelt word and what it was taken for. */
export interface Taken {
  written: string
  as: string
}
