import { formatCount, formatQuantity } from '../../../../charts/index.ts'
import { InterplayError } from '../../../../errors/index.ts'
import { CheckedPredictor, rowsIn, takeRows, type Columns } from '../../../../lenses/index.ts'
import { meanInterval, proportionInterval, type Estimate } from '../../../../metrics/index.ts'
import { printFilter } from '../query/print.ts'
import type { Filter } from '../query/schema.ts'
import type { TalkSubject } from '../subject.ts'
import { fieldNamed } from '../vocabulary.ts'
import { valueWords } from './values.ts'

/** Rows chosen by a filter. */
export interface Group {
  /** As it is spoken of: `1,998 test rows`, `row 17`. */
  name: string
  columns: Columns
  numbers: readonly number[]
  labels?: Float64Array
  answers: Answers
}

/** What the predictor says of rows. */
export interface Answers {
  /** The output looked at, in its own units. */
  values: Float64Array
  /** Chance of the positive class; absent of a target that is a number. */
  probabilities?: Float64Array
  /** The class called, by index; absent of a target that is a number. */
  called?: Float64Array
}

export interface BenchOptions {
  seed?: number
  /** Predictions one explanation may spend. */
  budget?: number
  signal?: AbortSignal
}

/** Where answers are computed: the predictor, the rows, and what both are called. */
export class Bench {
  readonly predictor: CheckedPredictor
  readonly seed: number
  readonly budget: number
  readonly signal?: AbortSignal
  private whole?: Promise<Group>

  constructor(
    readonly subject: TalkSubject,
    { seed = 1, budget = 40_000, signal }: BenchOptions = {},
  ) {
    this.predictor = new CheckedPredictor(subject.predictor)
    this.seed = seed
    this.budget = budget
    this.signal = signal
  }

  get vocabulary() {
    return this.subject.vocabulary
  }

  get total(): number {
    return rowsIn(this.subject.rows)
  }

  /** Whether the target is one of two classes, of which the model gives the chance. */
  get binary(): boolean {
    return this.vocabulary.target?.kind === 'binary'
  }

  /** The class that probabilities are of, and the other. */
  get classes(): readonly [negative: string, positive: string] {
    const [negative = 'no', positive = 'yes'] = this.vocabulary.target?.classes ?? []
    return [negative, positive]
  }

  /** The answers of any rows. */
  async answer(columns: Columns): Promise<Answers> {
    const { predictor, output } = this.subject
    const outputs = predictor.output.names.length
    const all = await this.predictor.predict(columns, this.signal)
    const values = Float64Array.from({ length: rowsIn(columns) }, (_, r) => all[r * outputs + output]!)
    if (!this.binary) return { values }
    const probabilities = predictor.output.kind === 'logit' ? values.map(value => 1 / (1 + Math.exp(-value))) : values
    return { values, probabilities, called: probabilities.map(chance => Number(chance >= 0.5)) }
  }

  /**
   * The rows a filter leaves. Rows asked for by number alone may be any of the source.
   *
   * @throws InterplayError `ask/no-rows` naming the condition that left none; `data/no-row`; `ask/no-labels`
   */
  async group(filter?: Filter): Promise<Group> {
    const numbers = filter && rowsOnly(filter)
    if (numbers) return this.numbered(numbers)
    const all = await (this.whole ??= this.everything())
    if (filter === undefined) return all
    const chosen = [...all.numbers.keys()].filter(r => this.holds(filter, all, r))
    if (chosen.length === 0) throw this.nothing(filter, all)
    return this.part(all, chosen, `${formatQuantity(chosen.length, this.subject.rowName)} where ${printFilter(filter)}`)
  }

  /** Some rows of a group. */
  part(all: Group, rows: ArrayLike<number>, name: string): Group {
    const pick = (values: Float64Array | undefined) => values && Float64Array.from(rows, r => values[r]!)
    const { values, probabilities, called } = all.answers
    return {
      name,
      columns: takeRows(all.columns, rows),
      numbers: Array.from(rows, r => all.numbers[r]!),
      labels: pick(all.labels),
      answers: { values: pick(values)!, probabilities: pick(probabilities), called: pick(called) },
    }
  }

  /** How good the model is on a group: the share it calls right, or its mean absolute error. */
  qualityOf({ labels, answers }: Group): (Estimate & { name: string }) | undefined {
    if (!labels) return undefined
    if (answers.called) {
      const right = labels.reduce((sum, label, r) => sum + Number(label === answers.called![r]), 0)
      return { name: 'accuracy', ...proportionInterval(right, labels.length) }
    }
    if (this.vocabulary.target?.kind !== 'regression') return undefined
    return {
      name: 'mean absolute error',
      ...meanInterval(labels.map((label, r) => Math.abs(label - answers.values[r]!))),
    }
  }

  /** The words for a cell. */
  cell(field: number, value: number): string {
    const { type, values } = this.predictor.fields[field]!
    if (type === 'categorical') return plain(values ? (values[value] ?? 'unknown') : 'a list')
    return valueWords(this.vocabulary.fields[field]!, value)
  }

  /** The place of a field. */
  place(name: string): number {
    return this.predictor.fields.findIndex(field => field.name === name)
  }

  /** A value as a cell has it. */
  code(field: string, value: string | number): number {
    if (typeof value === 'number' && fieldNamed(this.vocabulary, field)?.type === 'numeric') return value
    return this.predictor.fields[this.place(field)]!.values!.indexOf(String(value))
  }

  private async everything(): Promise<Group> {
    const { rows, rowNumbers, labels, rowName } = this.subject
    if (this.total === 0) throw new InterplayError('data/empty', `'${this.vocabulary.name}' has no rows`)
    return {
      name: `all ${formatQuantity(this.total, rowName)}`,
      columns: rows,
      numbers: [...rowNumbers],
      labels,
      answers: await this.answer(rows),
    }
  }

  private async numbered(numbers: readonly number[]): Promise<Group> {
    const rows = numbers.map(number => {
      const row = this.subject.row(number)
      if (row) return row
      throw new InterplayError('data/no-row', `'${this.vocabulary.name}' has no row ${formatCount(number)}`, {
        why: 'rows count from 1, header excluded',
        try: `show row ${this.subject.rowNumbers[0] ?? 1}`,
      })
    })
    const columns = this.predictor.fields.map((_, f) => Float64Array.from(rows, ({ cells }) => cells[f]!))
    const labels = rows.every(({ label }) => label !== undefined)
      ? Float64Array.from(rows, ({ label }) => label!)
      : undefined
    const name = `row${numbers.length > 1 ? 's' : ''} ${numbers.join(', ')}`
    return { name, columns, numbers, labels, answers: await this.answer(columns) }
  }

  private holds(filter: Filter, group: Group, r: number): boolean {
    switch (filter.kind) {
      case 'all':
        return filter.of.every(part => this.holds(part, group, r))
      case 'any':
        return filter.of.some(part => this.holds(part, group, r))
      case 'not':
        return !this.holds(filter.of, group, r)
      case 'row':
        return group.numbers[r] === filter.row
      case 'predicted':
        return this.calls(group)[r] === this.classIndex(filter.class)
      case 'actual':
        return this.labelsOf(group)[r] === this.classIndex(filter.class)
      case 'wrong':
      case 'right':
        return (this.labelsOf(group)[r] === this.calls(group)[r]) === (filter.kind === 'right')
      case 'compare': {
        const cell = group.columns[this.place(filter.field)]![r]!
        return compare(cell, filter.operator, this.code(filter.field, filter.value))
      }
    }
  }

  private classIndex(name: string): number {
    return this.vocabulary.target?.classes.indexOf(name) ?? -1
  }

  private calls({ answers: { called } }: Group): Float64Array {
    if (called) return called
    throw new InterplayError('ask/needs', 'the target is no class: nothing is called right or wrong', {
      try: 'show the rows with the largest errors',
    })
  }

  /** @throws InterplayError `ask/no-labels` */
  labelsOf({ labels }: Group): Float64Array {
    if (labels) return labels
    throw new InterplayError('ask/no-labels', `the target of these rows is not known`, {
      why: 'without it nothing says whether the model is right',
    })
  }

  /** Says which condition left no rows. */
  private nothing(filter: Filter, all: Group): InterplayError {
    const parts = filter.kind === 'all' ? filter.of : [filter]
    let rows = [...all.numbers.keys()]
    for (const part of parts) {
      const left = rows.filter(r => this.holds(part, all, r))
      if (left.length > 0) {
        rows = left
        continue
      }
      const before = formatQuantity(rows.length, this.subject.rowName)
      const rest = parts.filter(other => other !== part)
      return new InterplayError('ask/no-rows', `no ${this.subject.rowName} is left by ${printFilter(part)}`, {
        why: `${before} ${rows.length === 1 ? 'was' : 'were'} there before it`,
        ...(rest.length > 0
          ? { try: `count where ${printFilter(rest.length > 1 ? { kind: 'all', of: rest } : rest[0]!)}` }
          : {}),
      })
    }
    return new InterplayError('ask/no-rows', `no ${this.subject.rowName} is left by ${printFilter(filter)}`)
  }
}

/** The numbers of a filter that names rows and nothing else. */
function rowsOnly(filter: Filter): number[] | undefined {
  if (filter.kind === 'row') return [filter.row]
  if (filter.kind !== 'any') return undefined
  const parts = filter.of.map(rowsOnly)
  return parts.every(part => part !== undefined) ? parts.flat() : undefined
}

function compare(cell: number, operator: string, value: number): boolean {
  switch (operator) {
    case '=':
      return cell === value
    case '!=':
      return cell !== value
    case '<':
      return cell < value
    case '<=':
      return cell <= value
    case '>':
      return cell > value
    default:
      return cell >= value
  }
}

/** Text of a cell that commands no terminal and spans no lines. */
const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
