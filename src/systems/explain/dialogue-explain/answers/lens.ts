import { formatQuantity } from '../../../../charts/index.ts'
import { InterplayError } from '../../../../errors/index.ts'
import type { QueryOf } from '../query/schema.ts'
import { lensNamed } from '../vocabulary.ts'
import type { AnswerValue, Finding } from './answer.ts'
import type { Bench } from './bench.ts'
import { effectWords } from './words.ts'

const shown = 5
/** Findings said in the sentences. */
const said = 3

/** Any lens of `explain`, through the conversation's rows, budget and seed. */
export async function lens(
  { name, of: fields = [], top = shown, where }: QueryOf<'lens'>,
  bench: Bench,
): Promise<Finding> {
  const canonical = lensNamed(bench.vocabulary, name)!.name
  const found = bench.subject.lenses!.find(each => each.name === canonical)!
  const group = where && (await bench.group(where))
  const row = where?.kind === 'row' ? where.row : undefined
  refuse(found, row !== undefined)
  const { results, rows, predictions, units, figures, notes, complete } = await found.look({
    row,
    ...(group && row === undefined ? { group: group.numbers } : {}),
    fields,
    top,
    budget: bench.budget,
    seed: bench.seed,
    signal: bench.signal,
  })
  const first = results.slice(0, top)
  const what = (set: readonly string[]) => set.join(' × ')
  const values = first.map(
    ({ set, index, value, low = null, high = null, units: own = units, reason }): AnswerValue => ({
      name: `${what(set)}: ${index}`,
      value,
      low,
      high,
      unit: own,
      reason: reason ?? (low === null ? 'without an interval' : undefined),
    }),
  )
  const told = first
    .slice(0, said)
    .map(({ set, index, value, low, high, units: own = units, reason }) =>
      [`${what(set)}: ${index} ${effectWords({ value, low, high })} ${own}`, ...(reason ? [reason] : [])].join(', '),
    )
  return {
    sentences: [
      first.length > 0
        ? `${canonical} shows, of ${formatQuantity(rows, 'row')}: ${told.join('; ')}.`
        : `${canonical} finds nothing here.`,
      ...(complete ? [] : ['It stopped at its budget.']),
    ],
    values,
    rows,
    predictions,
    table: {
      columns: ['set', 'measure', 'value', 'because'],
      rows: first.map(({ set, index, value, low, high, reason = '' }) => [
        what(set),
        index,
        effectWords({ value, low, high }),
        reason,
      ]),
    },
    charts: figures,
    method: found.summary,
    notes,
    next: ['how do you know?', ...(found.of === 'either' && row === undefined ? [`lens ${name} where row = 1`] : [])],
  }
}

function refuse({ name, of }: { name: string; of: 'row' | 'rows' | 'either' }, one: boolean): void {
  if (one ? of !== 'rows' : of !== 'row') return
  throw new InterplayError('ask/needs', `${name} looks at ${one ? 'many rows together, not at one' : 'one row'}`, {
    try: one ? `lens ${name}` : `lens ${name} where row = 1`,
  })
}
