import { functionPredictor, type Columns } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import type { TalkSubject } from './subject.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface PlantedOptions {
  rows?: number
  seed?: number
  /** Adds a field `stamp` that gives the target away, and a model that reads it. */
  leak?: boolean
}

const purposes = ['car', 'house', 'school', 'trip']
const sexes = ['Female', 'Male']

/** The log-odds of a loan paid back: income and purpose act together, age adds, sex and savings do nothing. */
export const plantedLogOdds = (row: ArrayLike<number>): number =>
  0.04 * (row[1]! - 50) * (row[3] === 1 ? 2 : -0.5) + 0.05 * (row[0]! - 45)

/** Loans of known law, their true chances as the model: what is said of them can be computed by hand. */
export function plantedSubject({ rows = 400, seed = 1, leak = false }: PlantedOptions = {}): TalkSubject {
  const random = new Random(seed, 'loans')
  const columns: Columns = Array.from({ length: leak ? 6 : 5 }, () => new Float64Array(rows))
  const labels = new Float64Array(rows)
  for (let r = 0; r < rows; r++) {
    const cells = [
      20 + random.integer(50),
      10 + random.integer(90),
      random.integer(1000),
      random.integer(4),
      random.integer(2),
    ]
    labels[r] = Number(random.uniform() < 1 / (1 + Math.exp(-plantedLogOdds(cells))))
    const stamped = random.uniform() < 0.03 ? 1 - labels[r]! : labels[r]!
    ;[...cells, ...(leak ? [stamped] : [])].forEach((cell, f) => (columns[f]![r] = cell))
  }
  const vocabulary: Vocabulary = {
    name: 'loans',
    items: ['loan'],
    fields: [
      { name: 'age', type: 'numeric', range: [20, 69] },
      { name: 'income', type: 'numeric', range: [10, 99] },
      { name: 'savings', type: 'numeric', range: [0, 999] },
      { name: 'purpose', type: 'categorical', values: purposes },
      { name: 'sex', type: 'categorical', values: sexes },
      ...(leak ? [{ name: 'stamp', type: 'categorical' as const, values: ['blue', 'red'] }] : []),
    ],
    target: { name: 'repaid', kind: 'binary', classes: ['no', 'yes'] },
  }
  return {
    name: 'loans model',
    vocabulary,
    predictor: functionPredictor(row => plantedLogOdds(row) + (leak ? 6 * (row[5]! - 0.5) : 0), {
      name: 'loans model',
      fields: vocabulary.fields.map(({ name, type, values }) => ({ name, type, ...(values ? { values } : {}) })),
      output: { kind: 'logit', names: ['repaid'] },
    }),
    output: 0,
    units: 'log-odds',
    rows: columns,
    rowName: 'row',
    rowNumbers: Int32Array.from({ length: rows }, (_, r) => r + 1),
    labels,
    row: number =>
      number <= rows
        ? { cells: Float64Array.from(columns, column => column[number - 1]!), label: labels[number - 1]! }
        : undefined,
  }
}
