import { InterplayError, isInterplayError } from '../../../errors/index.ts'
import type { Answer } from './answers/answer.ts'
import { Bench } from './answers/bench.ts'
import { answerQuery, type Meta } from './answers/index.ts'
import { translated, worded, type LanguageModel } from './language-model.ts'
import { checkProgram } from './query/check.ts'
import { printProgram, printQuery } from './query/print.ts'
import { readProgram } from './query/read.ts'
import { operationNames, type Program, type Query } from './query/schema.ts'
import { Interpreter } from './questions/interpreter.ts'
import type { Reading, Refusal, Taken } from './questions/reading.ts'
import type { TalkSubject } from './subject.ts'

export interface ConversationOptions {
  seed?: number
  /** Predictions that one explanation may spend. */
  budget?: number
  languageModel?: LanguageModel
  signal?: AbortSignal
}

/** What comes back on a question. */
export type Reply =
  | {
      kind: 'answers'
      question: string
      /** The queries it became, in the text form. */
      program: string
      answers: readonly Answer[]
      /** Misspelt words and what they were taken for. */
      taken: readonly Taken[]
      /** The answers in a language model's words, their numbers checked. */
      wording?: string
    }
  | { kind: 'clarify'; question: string; back: string; readings: readonly string[] }
  | {
      kind: 'refuse'
      question: string
      reason: Refusal
      message: string
      near: readonly string[]
      next: readonly string[]
    }
  /** How the last answers were computed. */
  | { kind: 'evidence'; question: string; answers: readonly Answer[] }
  | { kind: 'note'; question: string; message: string }

interface Turn {
  question: string
  program: Program
  answers: readonly Answer[]
}

const strict = new RegExp(`^(?:${operationNames.join('|')})\\b.*(?:\\bwhere\\b.*(?:[=<>]|\\bwrong\\b|\\bright\\b)|")`)

/**
 * A conversation about one model and its data. What was said before is kept: questions go on with it, `undo` takes the last
 * back, `pin` keeps an answer. Equal questions are computed once.
 */
export class Conversation {
  readonly bench: Bench
  /** Answers kept by "pin that". */
  readonly pinned: Answer[] = []
  /** Every reply, in order. */
  readonly replies: Reply[] = []
  private readonly interpreter: Interpreter
  private readonly turns: Turn[] = []
  private readonly known = new Map<string, Answer>()

  constructor(
    readonly subject: TalkSubject,
    private readonly options: ConversationOptions = {},
  ) {
    this.bench = new Bench(subject, options)
    this.interpreter = new Interpreter(subject.vocabulary)
  }

  /**
   * Answers a question: in a person's words, or in the query language.
   *
   * @throws InterplayError `ask/query`, `ask/unknown-field`, `ask/unknown-value`, `ask/type` for a query that cannot be;
   * `ask/no-rows`, `ask/no-labels`, `ask/needs`, `data/no-row` for one that these rows do not answer; `predictor/answer`
   */
  async ask(question: string): Promise<Reply> {
    const reading = await this.read(question)
    const reply = await this.reply(question, reading)
    this.replies.push(reply)
    return reply
  }

  /** What a question is understood as, without an answer. */
  async read(question: string): Promise<Reading> {
    const own = this.readStrictly(question)
    if (own) return { kind: 'program', program: own, taken: [] }
    const past = this.past
    const { languageModel, signal } = this.options
    const program =
      languageModel &&
      (await translated(languageModel, { question, vocabulary: this.subject.vocabulary, past }, signal))
    const reading: Reading = program ? { kind: 'program', program, taken: [] } : this.interpreter.read(question, past)
    if (reading.kind === 'program') checkProgram(reading.program, this.subject.vocabulary)
    return reading
  }

  /** The queries asked so far, the newest last. */
  get past(): Query[] {
    return this.turns.flatMap(({ program }) => program)
  }

  private async reply(question: string, reading: Reading): Promise<Reply> {
    if (reading.kind === 'clarify')
      return { kind: 'clarify', question, back: reading.question, readings: reading.readings }
    if (reading.kind === 'refuse')
      return {
        kind: 'refuse',
        question,
        reason: reading.reason,
        near: reading.near,
        ...this.refusal(reading.reason, reading.about),
      }
    const [first] = reading.program
    if (isMeta(first!)) return this.meta(question, first)
    const answers: Answer[] = []
    for (const query of reading.program) if (!isMeta(query)) answers.push(await this.answer(query))
    this.turns.push({ question, program: reading.program, answers })
    const { languageModel, signal } = this.options
    const sentences = answers.flatMap(answer => answer.sentences)
    const wording = languageModel && (await worded(languageModel, { question, sentences }, signal))
    return {
      kind: 'answers',
      question,
      program: printProgram(reading.program),
      answers,
      taken: reading.taken,
      ...(wording === undefined ? {} : { wording }),
    }
  }

  private async answer(query: Exclude<Query, { operation: Meta }>): Promise<Answer> {
    const key = printQuery(query)
    const known = this.known.get(key)
    if (known) return known
    const answer = await answerQuery(query, this.bench)
    this.known.set(key, answer)
    return answer
  }

  private meta(question: string, { operation }: { operation: Meta }): Reply {
    const last = this.turns.at(-1)
    if (!last) return { kind: 'note', question, message: 'nothing was asked before' }
    if (operation === 'evidence') return { kind: 'evidence', question, answers: last.answers }
    if (operation === 'pin') {
      this.pinned.push(...last.answers)
      return { kind: 'note', question, message: `kept: ${printProgram(last.program)} (${this.pinned.length} in all)` }
    }
    this.turns.pop()
    const now = this.turns.at(-1)
    return {
      kind: 'note',
      question,
      message: `taken back: ${printProgram(last.program)}${now ? `; we are at: ${printProgram(now.program)}` : ''}`,
    }
  }

  private readStrictly(question: string): Program | undefined {
    const text = question.trim()
    if (strict.test(text) || /^lens\s/.test(text)) {
      try {
        return checkProgram(readProgram(text), this.subject.vocabulary)
      } catch (error) {
        const { expected } = (isInterplayError(error) && error.details) || {}
        // A question in words may hold a quoted name and look like a query at first.
        if (/\?\s*$/.test(text) && expected !== undefined) return undefined
        throw error
      }
    }
    return operationNames.includes(text as Query['operation']) ? tried(text) : undefined
  }

  private refusal(reason: Refusal, about = ''): { message: string; next: readonly string[] } {
    const { name, fields, target } = this.subject.vocabulary
    const field = fields[0]?.name ?? ''
    switch (reason) {
      case 'causal':
        return {
          message:
            'what causes what is not told by a model of what goes together: association only. An experiment would be needed',
          next: [`how does ${field} affect the prediction?`, `what if ${field} were ...?`],
        }
      case 'decision':
        return {
          message: 'what ought to be done is for a person to decide',
          next: ['why row 1?', 'how sure is it about row 1?'],
        }
      case 'outside':
        return { message: `that is not about this model or ${name}`, next: ['what can I ask?'] }
      case 'unknown':
        return {
          message: `'${about}' is no field and no value of ${name}`,
          next: [`tell me about the data`, ...(target ? [`what does ${target.name} mean?`] : [])],
        }
    }
  }
}

const isMeta = (query: Query): query is Extract<Query, { operation: Meta }> =>
  query.operation === 'evidence' || query.operation === 'undo' || query.operation === 'pin'

function tried(text: string): Program | undefined {
  try {
    return readProgram(text)
  } catch {
    return undefined
  }
}

/** A reply that answers nothing, as the error that a single question ends in. */
export function refusalOf(reply: Reply): InterplayError | undefined {
  if (reply.kind === 'clarify')
    return new InterplayError('ask/unclear', `${reply.back}: ${reply.readings.join(', or ')}?`, {
      where: reply.question,
      details: { readings: [...reply.readings] },
    })
  if (reply.kind !== 'refuse') return undefined
  return new InterplayError('ask/unanswerable', reply.message, {
    where: reply.question,
    why: reply.near.length > 0 ? `nearest: ${reply.near.join(', ')}` : undefined,
    try: reply.next[0],
    details: { reason: reply.reason },
  })
}
