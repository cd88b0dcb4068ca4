import { existsSync, readFileSync } from 'node:fs'
import { formatShare } from '../../../charts/index.ts'
import { functionPredictor, partialDependenceFlatness } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { Conversation } from './conversation.ts'
import { QueryDraws } from './draw-queries.ts'
import { nearestNeighbour } from './nearest-neighbour.ts'
import { plantedSubject } from './planted.ts'
import { checkProgram } from './query/check.ts'
import { printQuery } from './query/print.ts'
import { readProgram } from './query/read.ts'
import { readAll, readQuestions, type Outcome } from './question-set.ts'
import { Interpreter } from './questions/interpreter.ts'
import { measureSuites, suitesFolder } from './suites.ts'
import { executorAgreement } from './truth.ts'
import type { Vocabulary } from './vocabulary.ts'

type Context = StudyContext<
  | 'first'
  | 'nearest'
  | 'reading'
  | 'compositional'
  | 'followUps'
  | 'unanswerable'
  | 'valid'
  | 'printing'
  | 'truth'
  | 'interaction'
  | 'leak'
  | 'faithful'
  | 'pace'
  | 'suites'
  | 'suitesReading'
>

const folder = new URL('../../../../fixtures/dialogue-explain/', import.meta.url)

export async function run(context: Context): Promise<void> {
  questions(context)
  if (context.open('valid')) valid(context)
  if (context.open('printing')) printing(context)
  if (context.open('truth')) {
    const { agree, of, first } = await executorAgreement(context.size === 'full' ? 200 : 40, context.seeds[0]!)
    context.settle('truth', { measured: `${agree} of ${of}${first ? `; first: ${first}` : ''}`, holds: agree === of })
  }
  if (context.open('interaction')) await interaction(context)
  if (context.open('leak')) await leak(context)
  if (context.open('faithful')) await faithful(context)
  if (context.open('pace')) await pace(context)
  if (context.open('suites', 'suitesReading')) await suites(context)
}

/** Reads the written set, where the checkout's fixtures are at hand. */
function questions(context: Context): void {
  const names = ['first', 'nearest', 'reading', 'compositional', 'followUps', 'unanswerable'] as const
  if (!context.open(...names)) return
  if (!existsSync(folder)) {
    names.forEach(name => context.skip(name, 'the question set is not in this package'))
    return
  }
  const text = (name: string) => readFileSync(new URL(name, folder), 'utf8')
  const vocabularies = Object.fromEntries(
    ['birdstrikes', 'adult'].map(name => [name, JSON.parse(text(`${name}.vocabulary.json`)) as Vocabulary]),
  )
  const conversations = readQuestions(text('questions.txt'))
  const { runs } = JSON.parse(text('accuracy.json')) as { runs: { what: string; all: { right: number; of: number } }[] }
  context.progress('questions')
  const outcomes = readAll(conversations, vocabularies)
  const nearest = readAll(conversations, vocabularies, vocabulary => nearestNeighbour(vocabulary, context.seeds[0]!))
  context.show({
    table: {
      columns: ['questions', 'read right', 'of', 'nearest neighbours'],
      rows: (['birdstrikes', 'adult'] as const).map(name => {
        const own = outcomes.filter(({ table }) => table === name)
        return [
          name,
          own.filter(({ right }) => right).length,
          own.length,
          nearest.filter(({ table, right }) => table === name && right).length,
        ]
      }),
    },
  })
  const share = (some: readonly Outcome[]) => some.filter(({ right }) => right).length / some.length
  const said = (some: readonly Outcome[]) =>
    `${formatShare(share(some))}, ${some.filter(({ right }) => right).length} of ${some.length}`
  const [first] = runs
  const firstShare = first!.all.right / first!.all.of
  context.settle('first', {
    measured: `${formatShare(firstShare)}, ${first!.all.right} of ${first!.all.of}`,
    holds: firstShare >= 0.55,
    note: 'one author wrote set and grammar',
  })
  if (context.size === 'full') context.settle('nearest', { measured: said(nearest), holds: share(nearest) < 0.25 })
  else context.skip('nearest', 'at the full size only')
  const settle = (name: (typeof names)[number], some: readonly Outcome[], least: number, note?: string) =>
    context.settle(name, { measured: said(some), holds: share(some) >= least, ...(note ? { note } : {}) })
  settle(
    'reading',
    outcomes.filter(({ half }) => half === 'test'),
    0.55,
  )
  settle(
    'compositional',
    outcomes.filter(({ expected }) => / and | or | against | then /.test(expected)),
    0.25,
  )
  settle(
    'followUps',
    outcomes.filter(({ followUp }) => followUp),
    0.9,
    'two of them are turns of the scripted dialogues in the tests too',
  )
  settle(
    'unanswerable',
    outcomes.filter(({ expected }) => /^(clarify|refuse)/.test(expected)),
    0.8,
  )
}

/** Words of real questions in any order: whatever is read from them must be a query of the table. */
function valid({ size, seeds, settle }: Context): void {
  const { vocabulary } = plantedSubject({ rows: 20 })
  const interpreter = new Interpreter(vocabulary)
  const random = new Random(seeds[0]!, 'scrambled')
  const words =
    `why what how if many accurate row 3 17 age income over under between women car house sex purpose not or and for than more
    less older average median show mistakes predict similar sure interact effect of change raise by 10 % repaid wrong top`.split(
      /\s+/,
    )
  const times = size === 'full' ? 10_000 : 300
  let [broken, read] = [0, 0]
  for (let k = 0; k < times; k++) {
    const question = Array.from({ length: 2 + random.integer(9) }, () => words[random.integer(words.length)]).join(' ')
    const reading = interpreter.read(question)
    if (reading.kind !== 'program') continue
    read++
    try {
      checkProgram(reading.program, vocabulary)
      for (const query of reading.program)
        if (printQuery(readProgram(printQuery(query))[0]!) !== printQuery(query)) broken++
    } catch {
      broken++
    }
  }
  settle('valid', { measured: `${broken} of ${times} broken, ${read} read`, holds: broken === 0 })
}

function printing({ size, seeds, settle }: Context): void {
  const { vocabulary } = plantedSubject({ rows: 20 })
  const draws = new QueryDraws(vocabulary, new Random(seeds[0]!, 'queries'), 20)
  const times = size === 'full' ? 10_000 : 500
  let same = 0
  for (let k = 0; k < times; k++) {
    const query = draws.query()
    const [back] = checkProgram(readProgram(printQuery(query)), vocabulary)
    same += Number(
      printQuery(back!) === printQuery(query) && JSON.stringify(sorted(back)) === JSON.stringify(sorted(query)),
    )
  }
  settle('printing', { measured: `${same} of ${times}`, holds: same === times })
}

/** With keys in one order. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, part]) => [key, sorted(part)]),
        )
      : value

async function interaction({ seeds, settle }: Context): Promise<void> {
  const random = new Random(seeds[0]!, 'product')
  const columns = [0, 1, 2].map(() => new Float64Array(300).map(() => random.normal()))
  const predictor = functionPredictor(row => row[0]! * row[1]! + row[2]!, { fields: ['x1', 'x2', 'x3'] })
  const of = async (i: number, j: number) => (await partialDependenceFlatness(predictor, columns, [i, j])).value
  const [first, ...others] = [await of(0, 1), await of(0, 2), await of(1, 2)]
  const next = Math.max(...others)
  const ratio = first! / next
  settle('interaction', {
    measured: next < 1e-9 ? `${first!.toFixed(3)} over ${next.toExponential(1)}` : ratio.toFixed(1),
    holds: ratio >= 10,
  })
}

async function leak({ seeds, settle }: Context): Promise<void> {
  const conversation = new Conversation(plantedSubject({ leak: true, seed: seeds[0]! }), { budget: 10_000 })
  const script = [
    'how good is the model?',
    'which features matter?',
    'how does stamp affect the prediction?',
    'what values does stamp have?',
  ]
  let found = 0
  for (const [k, question] of script.entries()) {
    const reply = await conversation.ask(question)
    if (reply.kind !== 'answers' || found > 0) continue
    const [{ query, values }] = reply.answers as [(typeof reply.answers)[0]]
    if (query.operation === 'importance' && values[0]!.name === 'stamp') found = k + 1
  }
  settle('leak', { measured: found > 0 ? `at question ${found}` : 'not named', holds: found > 0 && found <= 4 })
}

async function faithful({ size, seeds, settle }: Context): Promise<void> {
  const conversation = new Conversation(plantedSubject({ seed: seeds[0]! }), { budget: 10_000 })
  const rows = size === 'full' ? 100 : 10
  let kept = 0
  for (let row = 1; row <= rows; row++) {
    const reply = await conversation.ask(`why row ${row}?`)
    if (reply.kind === 'answers')
      kept += Number(reply.answers[0]!.evidence.faithfulness?.endsWith('it names what the model uses'))
  }
  settle('faithful', { measured: `${kept} of ${rows}`, holds: kept >= 0.9 * rows })
}

async function pace({ size, seeds, settle, skip }: Context): Promise<void> {
  if (size !== 'full') return skip('pace', 'at the full size only')
  const conversation = new Conversation(plantedSubject({ rows: 5000, seed: seeds[0]! }))
  const times = async (asked: readonly string[]) => {
    const taken: number[] = []
    for (const question of asked) {
      const began = performance.now()
      await conversation.ask(question)
      taken.push((performance.now() - began) / 1000)
    }
    return taken.sort((a, b) => a - b)[Math.ceil(0.95 * taken.length) - 1]!
  }
  const rows = Array.from({ length: 20 }, (_, k) => k + 1)
  const plain = await times(
    rows.flatMap(k => [
      `predict row ${k}`,
      `accuracy for people over ${20 + k}`,
      `how many have income over ${k}`,
      `who else is like row ${k}`,
      `what if row ${k} were 5 years older`,
    ]),
  )
  const explained = await times(
    rows.flatMap(k => [
      `why row ${k}`,
      `what would flip row ${k}`,
      `which features matter for people over ${20 + k}`,
      `which features act together for people over ${20 + k}`,
    ]),
  )
  settle('pace', { measured: `${plain.toFixed(2)} s and ${explained.toFixed(2)} s`, holds: plain < 1 && explained < 5 })
}

/** The public suites of TalkToModel, on the tables they were written for. */
async function suites({ size, settle, skip, signal }: Context): Promise<void> {
  const folder = size === 'full' ? suitesFolder() : undefined
  if (folder === undefined) {
    const why = size === 'full' ? 'no data' : 'at the full size only'
    skip('suites', why)
    return skip('suitesReading', why)
  }
  const outcomes = await measureSuites(folder, signal)
  const total = (of: (outcome: (typeof outcomes)[number]) => number) =>
    outcomes.reduce((sum, each) => sum + of(each), 0)
  const [programs, answered] = [total(each => each.programs), total(each => each.answered)]
  const fault = outcomes.find(each => each.fault !== undefined)?.fault
  settle('suites', {
    measured: `${answered} of ${programs}${fault ? `; first: ${fault}` : ''}`,
    holds: answered === programs,
    note: `${total(each => each.empty)} say that there is no such row; of ${total(each => each.questions)} questions ${total(each => each.malformed)} have a program that their own grammar does not read, ${total(each => each.inexpressible)} explain or measure after a change`,
  })
  const shares = outcomes.map(({ table, right, questions }) => ({ table, share: right / questions }))
  settle('suitesReading', {
    measured: shares.map(({ table, share }) => `${table} ${formatShare(share)}`).join(', '),
    holds: shares.every(({ table, share }) => share > nearestOfPaper[table]!),
    note: 'of all questions, those that cannot be expressed counted as wrong; none was looked at',
  })
}

/** Exact parses by nearest neighbours in the authors' results. */
const nearestOfPaper: Readonly<Record<string, number>> = { diabetes: 0.084, german: 0.165, compas: 0.219 }
