import { z } from 'zod'
import { checkProgram } from './query/check.ts'
import { querySchema, type Program, type Query } from './query/schema.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * A language model at both ends of a conversation, if a caller brings one: it turns words into queries and answers into words.
 * It computes nothing: what it translates must be a query of this table, and what it words may hold no number that the answer
 * does not.
 */
export interface LanguageModel {
  /** A question as a program; checked against `schema` and the vocabulary, and dropped where it does not fit. */
  translate(request: TranslationRequest, signal?: AbortSignal): Promise<unknown>
  /** The sentences of an answer said anew. */
  word?(request: WordingRequest, signal?: AbortSignal): Promise<string>
}

export interface TranslationRequest {
  question: string
  /** JSON schema of the program. */
  schema: object
  vocabulary: Vocabulary
  /** The queries before, the newest last. */
  past: readonly Query[]
}

export interface WordingRequest {
  question: string
  sentences: readonly string[]
}

const programSchema = z.array(querySchema).min(1)
export const programJsonSchema = (): object => z.toJSONSchema(programSchema)

/** The program a language model gave, undefined where it is none of this table. */
export async function translated(
  model: LanguageModel,
  request: Omit<TranslationRequest, 'schema'>,
  signal?: AbortSignal,
): Promise<Program | undefined> {
  const given = await model.translate({ ...request, schema: programJsonSchema() }, signal)
  const parsed = programSchema.safeParse(given)
  if (!parsed.success) return undefined
  try {
    return checkProgram(parsed.data, request.vocabulary)
  } catch {
    return undefined
  }
}

/** The wording a language model gave, undefined where it says a number that the answer does not. */
export async function worded(
  model: LanguageModel,
  request: WordingRequest,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const text = await model.word?.(request, signal)
  if (typeof text !== 'string' || text.trim() === '') return undefined
  const known = new Set(request.sentences.flatMap(numbersIn))
  return numbersIn(text).every(number => known.has(number)) ? text : undefined
}

/** Numbers of a text as they are written; `1,998` and `1998` are one. */
const numbersIn = (text: string): string[] =>
  [...text.matchAll(/-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?/g)].map(([number]) => number.replace(/,/g, ''))
