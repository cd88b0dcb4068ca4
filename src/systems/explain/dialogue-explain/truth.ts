import { Random } from '../../../random/index.ts'
import { Conversation } from './conversation.ts'
import { QueryDraws } from './draw-queries.ts'
import { plantedLogOdds, plantedSubject } from './planted.ts'
import { printFilter } from './query/print.ts'
import type { Filter } from './query/schema.ts'

/** How many drawn questions have the answer that plain loops over the rows give. */
export async function executorAgreement(
  times: number,
  seed: number,
): Promise<{ agree: number; of: number; first?: string }> {
  const subject = plantedSubject({ rows: 300, seed })
  const conversation = new Conversation(subject, { seed })
  const random = new Random(seed, 'programs')
  const draws = new QueryDraws(subject.vocabulary, random, 300)
  const rows = Array.from({ length: 300 }, (_, r) => ({
    cells: subject.rows.map(column => column[r]!),
    label: subject.labels![r]!,
  }))
  let agree = 0
  let first: string | undefined
  for (let done = 0; done < times;) {
    const filter = draws.filter()
    const chosen = rows.filter(row => holds(filter, row))
    if (chosen.length < 2) continue
    const mean = (of: (row: Row) => number) => chosen.reduce((sum, row) => sum + of(row), 0) / chosen.length
    const [asked, expected] = [
      ['count', chosen.length],
      ['score accuracy', mean(row => Number(called(row) === row.label))],
      ['predict', mean(({ cells }) => chance(cells))],
      ['statistic mean income', mean(({ cells }) => cells[1]!)],
      ['actual', mean(({ label }) => label)],
      [
        'whatif set purpose = house, raise age by 5',
        mean(({ cells }) => chance([cells[0]! + 5, cells[1]!, cells[2]!, 1, cells[4]!]) - chance(cells)),
      ],
    ][random.integer(6)] as [string, number]
    const question = `${asked} where ${printFilter(filter)}`
    const reply = await conversation.ask(question)
    const got = reply.kind === 'answers' ? reply.answers[0]!.values[0]!.value! : NaN
    const same = Math.abs(got - expected) < 1e-9
    agree += Number(same)
    if (!same) first ??= `${question}: ${got}, not ${expected}`
    done++
  }
  return { agree, of: times, first }
}

interface Row {
  cells: readonly number[]
  label: number
}

const chance = (cells: ArrayLike<number>) => 1 / (1 + Math.exp(-plantedLogOdds(cells)))
const called = ({ cells }: Row) => Number(chance(cells) >= 0.5)
const names = ['age', 'income', 'savings', 'purpose', 'sex']
const codes: Readonly<Record<string, number>> = { car: 0, house: 1, school: 2, trip: 3, Female: 0, Male: 1 }

function holds(filter: Filter, row: Row): boolean {
  if (filter.kind === 'all') return filter.of.every(part => holds(part, row))
  if (filter.kind === 'any') return filter.of.some(part => holds(part, row))
  if (filter.kind === 'not') return !holds(filter.of, row)
  if (filter.kind === 'predicted') return called(row) === Number(filter.class === 'yes')
  if (filter.kind === 'actual') return row.label === Number(filter.class === 'yes')
  if (filter.kind === 'wrong') return called(row) !== row.label
  if (filter.kind === 'right') return called(row) === row.label
  if (filter.kind !== 'compare') return false
  const cell = row.cells[names.indexOf(filter.field)]!
  const value = typeof filter.value === 'number' ? filter.value : codes[filter.value]!
  const { operator } = filter
  return (
    (operator.includes('=') && operator !== '!=' && cell === value) ||
    (operator === '!=' && cell !== value) ||
    (operator.startsWith('<') && cell < value) ||
    (operator.startsWith('>') && cell > value)
  )
}
