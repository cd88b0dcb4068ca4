import { printFilter, printProgram } from './query/print.ts'
import { readProgram } from './query/read.ts'
import type { Filter, Program, Query } from './query/schema.ts'
import { Interpreter } from './questions/interpreter.ts'
import type { Reading, Refusal } from './questions/reading.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A question and what it should become: a program, a question back, or a refusal. */
export interface Expected {
  question: string
  expected: { kind: 'program'; program: Program } | { kind: 'clarify' } | { kind: 'refuse'; reason: Refusal }
}

/** A first question and those that go on with it. */
export interface Conversation {
  table: string
  /** Half of the set: later work looks at the development half only. */
  half: 'development' | 'test'
  turns: readonly Expected[]
}

/** Reads a question set: `[table]`, `? first question`, `+ follow-up`, `= query`; `#` is a comment. */
export function readQuestions(text: string): Conversation[] {
  const conversations: { table: string; half: Conversation['half']; turns: Expected[] }[] = []
  let table = ''
  let question = ''
  let first = true
  let of = 0
  for (const line of text.split('\n')) {
    const [mark, rest] = [line[0], line.slice(2).trim()]
    if (mark === '[') [table, of] = [line.slice(1, line.indexOf(']')), 0]
    else if (mark === '?' || mark === '+') [question, first] = [rest, mark === '?']
    else if (mark === '=') {
      if (first) conversations.push({ table, half: of++ % 2 === 0 ? 'development' : 'test', turns: [] })
      conversations.at(-1)!.turns.push({ question, expected: expectedOf(rest) })
    }
  }
  return conversations
}

function expectedOf(text: string): Expected['expected'] {
  if (text === 'clarify') return { kind: 'clarify' }
  const [, reason] = /^refuse (\w+)$/.exec(text) ?? []
  return reason === undefined
    ? { kind: 'program', program: readProgram(text) }
    : { kind: 'refuse', reason: reason as Refusal }
}

/** One question as it was read. */
export interface Outcome {
  table: string
  half: Conversation['half']
  question: string
  followUp: boolean
  expected: string
  got: string
  right: boolean
}

/** Reads every question; each follow-up comes after the queries expected before it. */
export function readAll(
  conversations: readonly Conversation[],
  vocabularies: Readonly<Record<string, Vocabulary>>,
  read: (table: Vocabulary) => Pick<Interpreter, 'read'> = vocabulary => new Interpreter(vocabulary),
): Outcome[] {
  const interpreters = new Map(Object.entries(vocabularies).map(([name, vocabulary]) => [name, read(vocabulary)]))
  return conversations.flatMap(({ table, half, turns }) => {
    const past: Query[] = []
    return turns.map(({ question, expected }, k): Outcome => {
      const reading = interpreters.get(table)!.read(question, past)
      if (expected.kind === 'program') past.push(...expected.program)
      const [wanted, got] = [wordsFor(expected), wordsFor(reading)]
      return { table, half, question, followUp: k > 0, expected: wanted, got, right: wanted === got }
    })
  })
}

function wordsFor(reading: Expected['expected'] | Reading): string {
  if (reading.kind === 'clarify') return 'clarify'
  return reading.kind === 'refuse' ? `refuse ${reading.reason}` : printProgram(reading.program.map(normal))
}

/** Conditions joined by "and" or "or", changes and kept fields are sets: in one order. */
export function normal(query: Query): Query {
  const sorted: Record<string, unknown> = { ...query }
  for (const clause of ['where', 'against'] as const)
    if (clause in query) {
      const filter = (query as { where?: Filter; against?: Filter })[clause]
      if (filter) sorted[clause] = normalFilter(filter)
    }
  if (query.operation === 'interactions' && query.fields) sorted.fields = [...query.fields].sort()
  if (query.operation === 'flip' && query.keeping) sorted.keeping = [...query.keeping].sort()
  if (query.operation === 'whatif') sorted.changes = [...query.changes].sort((a, b) => (a.field < b.field ? -1 : 1))
  return sorted as unknown as Query
}

function normalFilter(filter: Filter): Filter {
  if (filter.kind === 'not') return { kind: 'not', of: normalFilter(filter.of) }
  if (filter.kind !== 'all' && filter.kind !== 'any') return filter
  const of = filter.of.map(normalFilter).flatMap(part => (part.kind === filter.kind ? part.of : [part]))
  return { kind: filter.kind, of: of.sort((a, b) => (printFilter(a) < printFilter(b) ? -1 : 1)) }
}
