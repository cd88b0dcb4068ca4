import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openTable, placesOf } from '../../../data/index.ts'
import { isInterplayError } from '../../../errors/index.ts'
import { boostTrees, predictBoosted, treeRows, type Columns, type Predictor } from '../../../lenses/index.ts'
import { Conversation } from './conversation.ts'
import { checkProgram } from './query/check.ts'
import { printProgram } from './query/print.ts'
import { readProgram } from './query/read.ts'
import type { Filter } from './query/schema.ts'
import { Interpreter } from './questions/interpreter.ts'
import { normal } from './question-set.ts'
import type { TalkSubject } from './subject.ts'
import { asCoarse, readSuite, translateProgram, type Translation } from './talk-to-model.ts'

/** The tables of the suites, with their classes as the authors name them. */
const tables = {
  diabetes: ['unlikely to have diabetes', 'likely to have diabetes'],
  german: ['bad credit risk', 'good credit risk'],
  compas: ['likely to commit a crime', 'unlikely to commit a crime'],
} as const

export interface SuiteOutcome {
  table: string
  questions: number
  /** Questions whose program is none in its own grammar, or has no like in the query language. */
  malformed: number
  inexpressible: number
  /** Questions read as their authors' program, of those that are left. */
  right: number
  /** Different programs, those that read back from their text and were answered; the first that was not. */
  programs: number
  answered: number
  /** Of them, those answered by saying that there is no such row. */
  empty: number
  fault?: string
}

/** Where the suites and tables of `dylan-slack/TalkToModel` lie; undefined where they are not at hand. */
export const suitesFolder = (): string | undefined =>
  placesOf({ folder: 'talktomodel' }).find(folder =>
    Object.keys(tables).every(name => existsSync(join(folder, `${name}_test_suite.txt`))),
  )

/** Reads, translates, answers and understands every question of the three suites. */
export async function measureSuites(folder: string, signal?: AbortSignal): Promise<SuiteOutcome[]> {
  const outcomes: SuiteOutcome[] = []
  for (const name of Object.keys(tables) as (keyof typeof tables)[])
    outcomes.push(await measureSuite(name, await suiteSubject(name, folder, signal), folder))
  return outcomes
}

async function measureSuite(table: keyof typeof tables, subject: TalkSubject, folder: string): Promise<SuiteOutcome> {
  const { vocabulary } = subject
  const [first] = vocabulary.fields
  const before: Filter = { kind: 'compare', field: first!.name, operator: '>', value: Math.ceil(first!.range![0]) }
  const context = { fields: vocabulary.fields.map(field => field.name), classes: tables[table], before }
  const asked = readSuite(readFileSync(join(folder, `${table}_test_suite.txt`), 'utf8')).map(
    ({ question, program }) => ({
      question,
      goesOn: program.startsWith('previous'),
      translated: translateProgram(program, context),
    }),
  )
  const none = (why: string) => asked.filter(({ translated }) => translated.kind === 'none' && translated.why === why)
  const interpreter = new Interpreter(vocabulary)
  const isRight = (question: string, goesOn: boolean, { program }: Translation & { kind: 'program' }) => {
    const reading = interpreter.read(question, goesOn ? [{ operation: 'predict', where: before }] : [])
    return reading.kind === 'program' && coarse(reading.program) === coarse(program)
  }
  const outcome: SuiteOutcome = {
    table,
    questions: asked.length,
    malformed: none('malformed').length,
    inexpressible: none('not expressible').length,
    right: asked.filter(
      ({ question, goesOn, translated }) => translated.kind === 'program' && isRight(question, goesOn, translated),
    ).length,
    ...{ programs: 0, answered: 0, empty: 0 },
  }
  const programs = new Set(
    asked.flatMap(({ translated }) => (translated.kind === 'program' ? [printProgram(translated.program)] : [])),
  )
  outcome.programs = programs.size
  const conversation = new Conversation(subject, { budget: 400 })
  for (const text of programs) {
    try {
      if (printProgram(checkProgram(readProgram(text), vocabulary)) !== text) throw new Error('reads back otherwise')
      await conversation.ask(text)
      outcome.answered++
    } catch (error) {
      if (isInterplayError(error) && error.code === 'ask/no-rows') {
        outcome.answered++
        outcome.empty++
      } else outcome.fault ??= `${text}: ${(error as Error).message}`
    }
  }
  return outcome
}

const coarse = (program: Parameters<typeof printProgram>[0]) =>
  printProgram(program.map(each => normal(asCoarse(each))))

/** The authors' test rows under boosted trees learned from their training rows. */
async function suiteSubject(table: keyof typeof tables, folder: string, signal?: AbortSignal): Promise<TalkSubject> {
  const [train, test] = await Promise.all(
    ['train', 'test'].map(part => numbersOf(join(folder, `${table}_${part}.csv`), signal)),
  )
  const { names, columns, labels } = test!
  const classes = tables[table]
  const rows = treeRows(
    train!.columns,
    names.map(() => 'numeric'),
  )
  const answers = Float64Array.from({ length: 2 * train!.labels.length }, (_, k) =>
    Number(train!.labels[k >> 1] === (k & 1)),
  )
  const boosted = boostTrees(rows, answers, 'classes', { rounds: 50, depth: 3 })
  const predictor: Predictor = {
    name: `${table} trees`,
    fields: names.map(name => ({ name, type: 'numeric' })),
    output: { kind: 'probability', names: [classes[1]] },
    predict: asked => Promise.resolve(predictBoosted(boosted, asked).filter((_, k) => k % 2 === 1)),
  }
  const count = labels.length
  return {
    name: predictor.name,
    vocabulary: {
      name: table,
      fields: names.map((name, c) => ({
        name,
        type: 'numeric',
        range: [least(columns[c]!), -least(columns[c]!.map(x => -x))],
      })),
      target: { name: 'y', kind: 'binary', classes },
    },
    predictor,
    output: 0,
    units: 'probability',
    rows: columns,
    rowName: 'row',
    rowNumbers: Int32Array.from({ length: count }, (_, r) => r + 1),
    labels,
    row: number =>
      number <= count
        ? { cells: Float64Array.from(columns, column => column[number - 1]!), label: labels[number - 1]! }
        : undefined,
  }
}

const least = (column: Float64Array) => column.reduce((a, b) => Math.min(a, b), Infinity)

/** The columns of a file of numbers, its first, which counts rows, left out. */
async function numbersOf(
  path: string,
  signal?: AbortSignal,
): Promise<{ names: string[]; columns: Columns; labels: Float64Array }> {
  await using table = await openTable(path, { signal })
  const records = await table.head(100_000)
  const [, ...all] = Object.keys(records[0]!)
  const names = all.filter(name => name !== 'y')
  const column = (name: string) => Float64Array.from(records, record => Number(record[name]))
  return { names, columns: names.map(column), labels: column('y') }
}
