import { calibrationChart, formatCount, formatNumber, formatQuantity, formatShare } from '../../../../charts/index.ts'
import {
  calibrationCurve,
  expectedCalibrationError,
  meanInterval,
  proportionInterval,
  quantileOfSorted,
  tallyScores,
} from '../../../../metrics/index.ts'
import type { Change, QueryOf } from '../query/schema.ts'
import { estimated, exact, type AnswerValue, type Finding } from './answer.ts'
import type { Answers, Bench, Group } from './bench.ts'
import { effectWords, measureWords, saysOf, shareWords, signed } from './words.ts'

/** The numbers a person reads: chances where there are classes, else the values. */
const readable = ({ probabilities, values }: Answers) => probabilities ?? values
const unitOf = (bench: Bench) => (bench.binary ? 'probability' : bench.subject.units)

export async function predict({ where, against }: QueryOf<'predict'>, bench: Bench): Promise<Finding> {
  const groups = [await bench.group(where), ...(against ? [await bench.group(against)] : [])]
  const values: AnswerValue[] = []
  const sentences = groups.map(group => {
    const answers = readable(group.answers)
    if (answers.length === 1) {
      values.push(exact(`answer for ${group.name}`, answers[0]!, unitOf(bench)))
      return `For ${group.name} the model says ${saysOf(bench, group)}.`
    }
    const mean = meanInterval(answers)
    const sorted = answers.slice().sort()
    const [low, high] = [0.25, 0.75].map(at => quantileOfSorted(sorted, at)) as [number, number]
    values.push(estimated(`mean answer for ${group.name}`, mean, unitOf(bench)))
    const write = bench.binary ? shareWords(mean) : effectWords(mean)
    const middle = bench.binary
      ? `${formatShare(low)} and ${formatShare(high)}`
      : `${formatNumber(low)} and ${formatNumber(high)}`
    return `Over ${group.name} the model says ${write}${bench.binary ? ` ${bench.classes[1]}` : ''} on average; half lie within ${middle}.`
  })
  const [first, second] = groups
  if (second) {
    const difference = differenceOf(readable(first!.answers), readable(second.answers))
    values.push(estimated('first less second', difference, unitOf(bench)))
    sentences.push(`The first is ${effectWords(difference)} above the second.`)
  }
  return {
    sentences,
    values,
    method: 'the model’s answers; the interval is of their mean over rows, not of the model',
    next:
      groups[0]!.numbers.length === 1
        ? [`why row ${groups[0]!.numbers[0]}?`, 'how sure is it?']
        : ['how accurate is it for them?'],
  }
}

/** Difference of two means of separate rows. */
function differenceOf(a: Float64Array, b: Float64Array) {
  const [first, second] = [meanInterval(a), meanInterval(b)]
  const half = Math.hypot(first.high - first.value, second.high - second.value)
  const value = first.value - second.value
  return { value, low: value - half, high: value + half }
}

export async function whatif({ changes, where }: QueryOf<'whatif'>, bench: Bench): Promise<Finding> {
  const group = await bench.group(where)
  const columns = group.columns.map(column => column.slice())
  const notes: string[] = []
  for (const change of changes) {
    const field = bench.place(change.field)
    const changed = columns[field]!.map(cell => moved(bench, change, cell))
    const all = bench.subject.rows[field]!
    const [least, greatest] = all.reduce(
      ([low, high], cell) => [Math.min(low!, cell), Math.max(high!, cell)],
      [Infinity, -Infinity],
    ) as [number, number]
    const outside =
      bench.predictor.fields[field]!.type === 'numeric'
        ? changed.filter(cell => cell < least || cell > greatest).length
        : 0
    if (outside > 0)
      notes.push(
        `${formatQuantity(outside, 'row')} ${outside === 1 ? 'has' : 'have'} ${change.field} beyond what the data hold (${formatNumber(least)} to ${formatNumber(greatest)}): the answer there is a guess of the model’s`,
      )
    columns[field] = changed
  }
  const after = await bench.answer(columns)
  const [before, then] = [readable(group.answers), readable(after)]
  const said = changes.map(change => changeWords(change)).join(', ')
  const assumption = 'what the model answers, not what would happen: other fields stay as they are'
  if (before.length === 1) {
    const unit = unitOf(bench)
    return {
      sentences: [
        `With ${said}, ${group.name} would be answered ${saysOf(bench, { answers: after })}; as it is, ${saysOf(bench, group)}.`,
        `That is ${signed(after.values[0]! - group.answers.values[0]!)} ${bench.subject.units}.`,
      ],
      values: [
        exact('before', before[0]!, unit),
        exact('after', then[0]!, unit),
        exact(`change in ${bench.subject.units}`, after.values[0]! - group.answers.values[0]!, bench.subject.units),
      ],
      method: 'a copy of the row was changed and answered again',
      notes: [assumption, ...notes],
      next: ['undo', 'why?', 'how sure is it?'],
    }
  }
  const difference = meanInterval(then.map((value, r) => value - before[r]!))
  const turned = after.called ? after.called.filter((called, r) => called !== group.answers.called![r]).length : 0
  const write = (mean: { value: number; low: number; high: number }) =>
    bench.binary ? shareWords(mean) : effectWords(mean)
  return {
    sentences: [
      `With ${said}, ${group.name} would be answered ${write(meanInterval(then))}${bench.binary ? ` ${bench.classes[1]}` : ''} on average; as they are, ${write(meanInterval(before))}.`,
      `The answers change by ${effectWords(difference)} ${unitOf(bench)} on average${after.called ? `; ${formatCount(turned)} of ${formatCount(before.length)} turn to the other class` : ''}.`,
    ],
    values: [
      estimated('mean change', difference, unitOf(bench)),
      ...(after.called ? [exact('rows that turn', turned, 'rows')] : []),
    ],
    method: 'copies of the rows were changed and answered again; the interval is of the mean over rows',
    notes: [assumption, ...notes],
    next: ['undo', 'which features act together?'],
  }
}

function moved(bench: Bench, change: Change, cell: number): number {
  if (change.kind === 'set') return bench.code(change.field, change.value)
  const by = change.percent ? (Math.abs(cell) * change.by) / 100 : change.by
  return change.kind === 'raise' ? cell + by : cell - by
}

const changeWords = (change: Change): string =>
  change.kind === 'set'
    ? `${change.field} ${change.value}`
    : `${change.field} ${change.by}${change.percent ? '%' : ''} ${change.kind === 'raise' ? 'higher' : 'lower'}`

/** Rows of nearest answer whose outcomes say what an answer is worth. */
const peers = 200

export async function certainty({ where }: QueryOf<'certainty'>, bench: Bench): Promise<Finding> {
  const group = await bench.group(where)
  const all = await bench.group()
  if (!bench.binary) return spreadOf(bench, group, all)
  const labels = bench.labelsOf(all)
  if (group.numbers.length > 1) return calibrationOf(bench, group)
  const chance = group.answers.probabilities![0]!
  const nearest = [...all.numbers.keys()]
    .sort(
      (a, b) =>
        Math.abs(all.answers.probabilities![a]! - chance) - Math.abs(all.answers.probabilities![b]! - chance) || a - b,
    )
    .slice(0, peers)
  const came = proportionInterval(
    nearest.reduce((sum, r) => sum + labels[r]!, 0),
    nearest.length,
  )
  const ends = nearest.map(r => all.answers.probabilities![r]!).sort((a, b) => a - b)
  const sure = Math.max(chance, 1 - chance)
  const fits = came.low <= chance && chance <= came.high
  return {
    sentences: [
      `The model gives ${group.name} ${formatShare(chance)} ${bench.classes[1]}: ${sure >= 0.9 ? 'far from' : sure >= 0.7 ? 'on one side of' : 'near'} the boundary.`,
      `Of the ${formatCount(nearest.length)} ${bench.subject.rowName}s with the nearest answers (${formatShare(ends[0])} to ${formatShare(ends.at(-1))}), ${shareWords(came)} were ${bench.classes[1]}: ${fits ? 'that agrees with what it says' : 'it says otherwise than what came'}.`,
    ],
    values: [
      exact('probability', chance, 'probability'),
      estimated(`${bench.classes[1]} among rows of like answers`, came, 'share'),
    ],
    rows: nearest.length,
    method: 'what came of the rows with the nearest answers; Wilson’s interval',
    notes: ['it says how far such answers can be relied on, not that this row is like those in other ways'],
    next: [`who else is like row ${group.numbers[0]}?`, `what would flip row ${group.numbers[0]}?`],
  }
}

function calibrationOf(bench: Bench, group: Group): Finding {
  const labels = bench.labelsOf(group)
  const { probabilities } = group.answers
  const mean = meanInterval(probabilities!)
  const came = proportionInterval(
    labels.reduce((sum, label) => sum + label, 0),
    labels.length,
  )
  const tally = tallyScores(labels, probabilities!)
  const error = expectedCalibrationError(tally)
  const apart = mean.value < came.low || mean.value > came.high
  return {
    sentences: [
      `Over ${group.name} the model says ${formatShare(mean.value)} ${bench.classes[1]} on average and ${shareWords(came)} came: ${apart ? (mean.value > came.value ? 'it says too much' : 'it says too little') : 'that agrees'}.`,
      `By tenths of its answers it is ${formatShare(error)} off on average.`,
    ],
    values: [
      estimated('mean probability', mean, 'probability'),
      estimated('observed share', came, 'share'),
      { ...exact('calibration error', error, 'share'), reason: 'no interval' },
    ],
    method: 'mean probability against the observed share, and the calibration error in ten bins of equal rows',
    charts: [
      calibrationChart(
        calibrationCurve(tally).map(({ predicted, observed, rows }) => ({ predicted, observed, rows })),
        bench.classes[1],
      ),
    ],
    next: ['where does it fail?'],
  }
}

/** Of a target that is a number: the errors of rows with answers as this one. */
function spreadOf(bench: Bench, group: Group, all: Group): Finding {
  const labels = bench.labelsOf(all)
  const value = group.answers.values.reduce((sum, each) => sum + each, 0) / group.answers.values.length
  const nearest = [...all.numbers.keys()]
    .sort((a, b) => Math.abs(all.answers.values[a]! - value) - Math.abs(all.answers.values[b]! - value) || a - b)
    .slice(0, peers)
  const errors = Float64Array.from(nearest, r => labels[r]! - all.answers.values[r]!).sort()
  const [low, high] = [quantileOfSorted(errors, 0.025), quantileOfSorted(errors, 0.975)]
  const mean = meanInterval(errors.map(Math.abs))
  return {
    sentences: [
      `For ${group.name} the model says ${formatNumber(value, 4)} ${bench.subject.units}. Of the ${formatCount(nearest.length)} rows with the nearest answers, 95% came ${signed(low)} to ${signed(high)} from what it said; ${measureWords(mean)} off on average.`,
    ],
    values: [
      estimated(
        'error of rows of like answers',
        { value: quantileOfSorted(errors, 0.5), low, high },
        bench.subject.units,
      ),
    ],
    rows: nearest.length,
    method: 'the errors of the rows with the nearest answers',
    next: ['where does it fail?'],
  }
}
