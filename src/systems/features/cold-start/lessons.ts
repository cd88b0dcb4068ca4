import { NegativeSampler, type EncodedTable, type Interactions } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import { momentOf, unknownMoment, type Row, type RowWriter } from './encoding.ts'
import type { ColdStartOptions } from './options.ts'

export type LessonOptions = Pick<
  ColdStartOptions,
  'negatives' | 'popularNegatives' | 'idDropout' | 'attributeDropout' | 'history'
>

/** One step: choices with their negatives, and two corrupted views of the users and items of those choices. */
export interface Lesson {
  rows: EncodedTable
  labels: Float32Array
  /** View by view, a row a choice. */
  views: [EncodedTable, EncodedTable]
  /** [choices, choices]: 1 for the same user, the same item, and an item that the user is known to have chosen. */
  sameUser: Float32Array
  sameItem: Float32Array
  knownPositive: Float32Array
  /** [choices] log-frequency of the item among the training choices. */
  logFrequency: Float32Array
}

/** Makes lessons of training events: rows with negatives, views, and what is no negative of what. */
export class Teacher {
  readonly sampler: NegativeSampler
  private readonly choices: readonly Row[]
  private readonly logFrequency: Float32Array

  constructor(
    data: Interactions,
    train: Int32Array,
    private readonly writer: RowWriter,
    private readonly options: LessonOptions,
  ) {
    const { user, item } = data.events!
    this.choices = choicesOf(data, train, writer)
    const items = data.items.names.length
    const taught = train.map(i => item[i]!)
    this.sampler = new NegativeSampler(
      train.map(i => user[i]!),
      taught,
      data.users.names.length,
      items,
      options.popularNegatives,
    )
    const counts = new Float32Array(items)
    for (const each of taught) counts[each]!++
    this.logFrequency = counts.map(count => Math.log(Math.max(count, 1) / taught.length))
  }

  /** Choices there are to learn from. */
  get size(): number {
    return this.choices.length
  }

  /** The rows of some choices, each followed by its negatives, with labels; ids and histories are hidden at random. */
  rows(batch: Int32Array, random: Random): { rows: EncodedTable; labels: Float32Array } {
    const { negatives, history, idDropout } = this.options
    const together = 1 + negatives
    const rows = Array.from(batch, at => {
      const choice = this.choices[at]!
      const shown = choice.history.slice(0, random.integer(history + 1))
      const own = { ...choice, history: shown }
      const drawn = Array.from({ length: negatives }, () => this.sampler.draw(choice.user, random))
      return [own, ...drawn.map(item => ({ ...own, item }))]
    }).flat()
    const labels = Float32Array.from(rows, (_, r) => (r % together === 0 ? 1 : 0))
    const table = this.writer.write(rows, labels)
    const coldUsers = drawnShare(batch.length, idDropout, random)
    this.writer.hide(table, 'user.id', r => coldUsers[Math.floor(r / together)]!)
    const coldItems = drawnShare(rows.length, idDropout, random)
    this.writer.hide(table, 'item.id', r => coldItems[r]!)
    return { rows: table, labels }
  }

  lesson(batch: Int32Array, random: Random): Lesson {
    const choices = Array.from(batch, at => this.choices[at]!)
    const pairs = (holds: (a: Row, b: Row) => boolean) =>
      Float32Array.from({ length: choices.length ** 2 }, (_, at) => {
        const [i, j] = [Math.floor(at / choices.length), at % choices.length]
        return i !== j && holds(choices[i]!, choices[j]!) ? 1 : 0
      })
    return {
      ...this.rows(batch, random),
      views: [this.view(choices, 1, random), this.view(choices, this.options.idDropout, random)],
      sameUser: pairs((a, b) => a.user === b.user),
      sameItem: pairs((a, b) => a.item === b.item),
      knownPositive: pairs((a, b) => this.sampler.known(a.user, b.item)),
      logFrequency: Float32Array.from(choices, ({ item }) => this.logFrequency[item]!),
    }
  }

  /** Users and items of choices with ids and attributes hidden at random. */
  private view(choices: readonly Row[], idDropout: number, random: Random): EncodedTable {
    const table = this.writer.write(choices.map(choice => ({ ...choice, moment: unknownMoment })))
    for (const { name } of this.writer.spec.fields) {
      if (name.startsWith('context.')) continue
      const rate = name.endsWith('.id') ? idDropout : this.options.attributeDropout
      const hidden = drawnShare(choices.length, rate, random)
      this.writer.hide(table, name, r => hidden[r]!)
    }
    return table
  }
}

const drawnShare = (count: number, share: number, random: Random): boolean[] =>
  Array.from({ length: count }, () => random.uniform() < share)

/** Training choices as rows: at their moment, with what their user chose before, latest first. */
function choicesOf({ events }: Interactions, train: Int32Array, writer: RowWriter): Row[] {
  const { user, item, time } = events!
  const order = [...train].sort((a, b) => time[a]! - time[b]! || a - b)
  const seen = new Map<number, number[]>()
  const rows = new Map<number, Row>()
  for (const i of order) {
    const earlier = seen.get(user[i]!) ?? []
    seen.set(user[i]!, earlier)
    const last = earlier.slice(-longestHistory).reverse()
    const moment = momentOf(
      time[i]!,
      earlier.map(each => time[each]!),
    )
    rows.set(i, { user: user[i]!, item: item[i]!, moment, history: last.map(each => writer.itemId(item[each]!)) })
    earlier.push(i)
  }
  return Array.from(train, i => rows.get(i)!)
}

/** What is kept of a history, at most; the writer cuts it to what is read. */
const longestHistory = 100
