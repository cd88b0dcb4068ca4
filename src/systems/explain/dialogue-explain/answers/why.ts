import { formatCount, formatNumber, formatShare, importanceChart } from '../../../../charts/index.ts'
import { counterfactuals, explainRows, imputerOf, rowsIn, takeRows } from '../../../../lenses/index.ts'
import { Random } from '../../../../random/index.ts'
import { InterplayError } from '../../../../errors/index.ts'
import type { QueryOf } from '../query/schema.ts'
import { exact, type AnswerValue, type Finding } from './answer.ts'
import type { Bench, Group } from './bench.ts'
import { effectWords, listed, saysOf, signed } from './words.ts'

const shown = 5
/** Rows of a group whose attributions are averaged, and background rows of each. */
const averaged = 30
const backgroundEach = 4

export async function why({ where, against, top }: QueryOf<'why'>, bench: Bench): Promise<Finding> {
  const group = await bench.group(where)
  if (group.numbers.length > 1 || against) return whyGroup(bench, group, against && (await bench.group(against)), top)
  const all = await bench.group()
  const { output, units } = bench.subject
  const result = await explainRows(bench.predictor, group.columns, all.columns, {
    index: 'SV',
    order: 1,
    output,
    budget: bench.budget,
    seed: bench.seed,
    signal: bench.signal,
  })
  const sets = [...result.sets].sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
  const order = sets.map(({ set }) => bench.place(set[0]!))
  const trust = await faithfulness(bench, group, order)
  const replaced = await onlyReplaced(bench, group)
  const other = replaced.indexOf(Math.max(...replaced))
  const names = bench.predictor.fields.map(({ name }) => name)
  const cellOf = (f: number) => bench.cell(f, group.columns[f]![0]!)
  const strongest = sets.slice(0, top ?? shown)
  const pushed = (up: boolean) =>
    strongest
      .filter(({ value }) => value !== 0 && value > 0 === up)
      .map(({ set, value }) => `${set[0]} ${cellOf(bench.place(set[0]!))} (${signed(value)})`)
  const [up, down] = [pushed(true), pushed(false)]
  const conflict = `methods disagree: replacing one field at a time moves the answer most by ${names[other]}; fields here act together`
  const agrees = other === order[0]
  return {
    sentences: [
      `For ${group.name} the model says ${saysOf(bench, group)}: ${formatNumber(result.full)} ${units}, where rows without a field known get ${formatNumber(result.baseline)} on average.`,
      `${up.length > 0 ? `Up: ${listed(up)}.` : 'Nothing pushes it up.'} ${down.length > 0 ? `Down: ${listed(down)}.` : 'Nothing pushes it down.'}`,
      ...(agrees ? [] : [`The ${conflict}.`]),
    ],
    values: sets.map(({ set, value, low, high }) => ({
      name: set[0]!,
      value,
      low,
      high,
      unit: units,
      ...(low === null ? { reason: 'exact, given the background rows' } : {}),
    })),
    table: {
      columns: ['field', 'value', `adds (${units})`],
      rows: strongest.map(({ set, value, low, high }) => [
        set[0]!,
        cellOf(bench.place(set[0]!)),
        effectWords({ value, low, high }),
      ]),
    },
    charts: [
      importanceChart({
        importances: sets.map(({ set, value, low, high }) => ({ field: set[0]!, value, low, high })),
        units,
        phrase: `added in ${group.name}`,
        rows: 1,
      }),
    ],
    rows: 1,
    method: `Shapley values against ${formatCount(result.background)} background rows, ${result.exact ? 'every coalition' : 'estimated'}; they add up to the answer`,
    faithfulness: trust,
    notes: [
      agrees ? `replacing one field at a time also names ${names[other]} first` : conflict,
      'absent fields are drawn independently of the present ones',
    ],
    next: [
      `what would flip row ${group.numbers[0]}?`,
      `how sure is it about row ${group.numbers[0]}?`,
      'which features act together?',
    ],
  }
}

/** Means of a group's attributions: signed ones cancel, so that their sizes stand beside them. */
async function whyGroup(bench: Bench, group: Group, against: Group | undefined, top = shown): Promise<Finding> {
  const { output, units } = bench.subject
  const all = await bench.group()
  const explain = async (rows: Group) => {
    const chosen = new Random(bench.seed, 'explained').permutation(rows.numbers.length).subarray(0, averaged)
    const columns = takeRows(rows.columns, chosen)
    const result = await explainRows(bench.predictor, columns, all.columns, {
      index: 'SV',
      order: 1,
      output,
      budget: bench.budget,
      background: backgroundEach,
      seed: bench.seed,
      signal: bench.signal,
    })
    return { rows, result, used: rowsIn(columns) }
  }
  const parts = [await explain(group), ...(against ? [await explain(against)] : [])]
  const values: AnswerValue[] = []
  const sentences = parts.map(({ rows, result }) => {
    const sets = [...result.sets].sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    values.push(
      ...sets.map(({ set, value, low, high }) => ({
        name: `${set[0]} in ${rows.name}`,
        value,
        low,
        high,
        unit: units,
      })),
    )
    const said = sets.slice(0, 3).map(({ set, value }) => `${set[0]} (${signed(value)})`)
    return `Over ${rows.name} the model goes from ${formatNumber(result.baseline)} to ${formatNumber(result.full)} ${units} on average; most by ${listed(said)}.`
  })
  const [first] = parts
  const sets = [...first!.result.sets].sort((a, b) => b.magnitude - a.magnitude)
  return {
    sentences,
    values,
    rows: parts.reduce((sum, { used }) => sum + used, 0),
    table: {
      columns: ['field', `adds (${units})`, 'mean size'],
      rows: sets
        .slice(0, top)
        .map(({ set, value, low, high, magnitude }) => [
          set[0]!,
          effectWords({ value, low, high }),
          formatNumber(magnitude),
        ]),
    },
    method: `Shapley values averaged over ${formatCount(first!.used)} rows, each against ${backgroundEach} background rows`,
    faithfulness: 'not measured for means: ask of one row',
    notes: [
      'signed values of rows cancel in a mean: the mean size stands beside them, and holds the chance of the background rows too',
    ],
    next: ['which features matter for them?', 'how accurate is it for them?'],
  }
}

const draws = 200
const trusted = 3

/**
 * How far the answer moves when the fields named first are replaced by those of other rows, against as many fields drawn at
 * random: an explanation that names what the model uses moves it further.
 */
export async function faithfulness(bench: Bench, group: Group, order: readonly number[]): Promise<string> {
  const fields = order.length
  const k = Math.min(trusted, Math.max(1, Math.floor(fields / 2)))
  const { background } = imputerOf(bench.predictor, bench.subject.rows, { rows: draws, seed: bench.seed })
  const count = rowsIn(background)
  const random = new Random(bench.seed, 'faithfulness')
  const move = async (setOf: () => readonly number[]): Promise<number> => {
    const sets = Array.from({ length: count }, setOf)
    const columns = background.map((column, f) =>
      Float64Array.from(sets, (set, r) => (set.includes(f) ? column[r]! : group.columns[f]![0]!)),
    )
    const { values } = await bench.answer(columns)
    return values.reduce((sum, value) => sum + Math.abs(value - group.answers.values[0]!), 0) / count
  }
  const named = await move(() => order.slice(0, k))
  const chance = await move(() => [...random.permutation(fields)].slice(0, k))
  const verdict =
    named > chance
      ? 'it names what the model uses'
      : 'the explanation does not name what the model uses more than chance would'
  return `replacing the first ${k} moves the answer by ${formatNumber(named)}, ${k} at random by ${formatNumber(chance)}: ${verdict}`
}

/** Per field, how far the answer moves when it alone is replaced. */
async function onlyReplaced(bench: Bench, group: Group): Promise<number[]> {
  const { background } = imputerOf(bench.predictor, bench.subject.rows, { rows: 100, seed: bench.seed })
  const count = rowsIn(background)
  const fields = background.length
  const columns = background.map((column, f) =>
    Float64Array.from({ length: fields * count }, (_, at) =>
      Math.floor(at / count) === f ? column[at % count]! : group.columns[f]![0]!,
    ),
  )
  const { values } = await bench.answer(columns)
  return Array.from({ length: fields }, (_, f) => {
    const own = values.subarray(f * count, (f + 1) * count)
    return Math.abs(own.reduce((sum, value) => sum + value, 0) / count - group.answers.values[0]!)
  })
}

const wanted = 3

export async function flip({ where, keeping = [], top }: QueryOf<'flip'>, bench: Bench): Promise<Finding> {
  const group = await bench.group(where)
  const all = await bench.group()
  const { output, units } = bench.subject
  if (group.numbers.length !== 1)
    throw new InterplayError('ask/needs', 'what turns an answer is looked for in one row', {
      try: `what would flip row ${group.numbers[0]}?`,
    })
  const sorted = all.answers.values.slice().sort()
  const threshold = bench.binary
    ? bench.predictor.output.kind === 'logit'
      ? 0
      : 0.5
    : sorted[(sorted.length - 1) >> 1]!
  const result = await counterfactuals(
    bench.predictor,
    group.columns.map(column => column[0]!),
    all.columns,
    {
      threshold,
      constraints: keeping.map(field => ({ field, immutable: true })),
      top: top ?? wanted,
      output,
      signal: bench.signal,
    },
  )
  const kept = keeping.length > 0 ? `, ${listed(keeping)} kept as they are` : ''
  const other = bench.binary
    ? bench.classes[1 - group.answers.called![0]!]
    : `the other side of ${formatNumber(threshold)}`
  const word = (name: string, cell: number) => bench.cell(bench.place(name), cell)
  const ways = result.found.map(({ changes }) =>
    listed(changes.map(({ field, from, to }) => `${field} ${word(field, to)} (now ${word(field, from)})`)),
  )
  const chance = (value: number) =>
    bench.binary && bench.predictor.output.kind === 'logit'
      ? formatShare(1 / (1 + Math.exp(-value)))
      : formatNumber(value)
  return {
    sentences:
      ways.length === 0
        ? [`No change of up to three fields turns ${group.name}${kept}; the model says ${saysOf(bench, group)}.`]
        : [
            `Of ${group.name} the model says ${saysOf(bench, group)}. To get ${other}${kept}, the smallest change found is ${ways[0]}.`,
          ],
    values: result.found.map(({ changes, answer }, k) =>
      exact(`${k + 1}: ${changes.map(({ field }) => field).join(', ')}`, answer, units),
    ),
    table:
      ways.length === 0
        ? undefined
        : {
            columns: ['', 'change', 'the model then says'],
            rows: ways.map((way, k) => [String(k + 1), way, chance(result.found[k]!.answer)]),
          },
    rows: 1,
    method:
      'search over values that occur in the data, fewest fields first, each asked of the model again; a smaller set of two or more may be missed',
    faithfulness: 'exact: every change was answered by the model itself',
    notes: [
      'what turns the model’s answer is not what turns the outcome; whether a change can be made is for you to say',
    ],
    next: [`keep a field as it is`, `why row ${group.numbers[0]}?`],
  }
}
