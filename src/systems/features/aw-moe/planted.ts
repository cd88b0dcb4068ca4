import { behaviourTypes, takeRows, type EncodedTable } from '../../../data/index.ts'
import type { FieldSpec, TableSpec } from '../../../nn/index.ts'
import type { TrialData } from '../shared/trial.ts'

/** The world of behaviour types as models read it, parted 7:1:2 by user, with the type of each test row's user. */
export interface PlantedTypes extends TrialData {
  types: Int32Array
  /** Log-odds of the test rows, as they were planted. */
  truth: Float64Array
}

/** Items of a history that models read, the latest. */
const length = 12

/** Fields of the query in that world. */
export const queryFields = Array.from({ length: 6 }, (_, f) => `query${f}`)

export function plantedTypes(seed: number, size: 'full' | 'small'): PlantedTypes {
  const { columns, types, logits } = behaviourTypes.make({ seed, size })
  const lists = columns.history!.map(cell => String(cell).split('^'))
  const factors = Object.keys(columns).filter(name => /^(item|query)\d$/.test(name))
  const fields: FieldSpec[] = [
    { name: 'history', type: 'sequence', size: 22, length },
    ...factors.map(name => ({ name, type: 'categorical' as const, size: 4 })),
  ]
  const rows = lists.length
  const ids = new Int32Array(rows * length)
  lists.forEach((list, row) =>
    list.slice(-length).forEach((value, place) => (ids[row * length + place] = 1 + Number(value.slice(1)))),
  )
  const whole: EncodedTable = {
    rows,
    categorical: Int32Array.from({ length: rows * factors.length }, (_, i) => {
      const f = i % factors.length
      return 4 * f + (columns[factors[f]!]![Math.floor(i / factors.length)] === 'yes' ? 1 : 2)
    }),
    numeric: new Float32Array(),
    sequences: [{ field: 'history', length, ids }],
    targets: [Float32Array.from(columns.y!, Number)],
    group: Int32Array.from(columns.session!, session => 1 + Number(String(session).slice(1))),
    rowNumber: Int32Array.from({ length: rows }, (_, row) => row + 1),
  }
  const part = (user: number) => (user % 10 < 7 ? 0 : user % 10 === 7 ? 1 : 2)
  const places = [0, 1, 2].map(wanted =>
    [...whole.rowNumber.keys()].filter(row => part(Number(String(columns.user![row]).slice(1))) === wanted),
  )
  const [train, valid, test] = places.map(own => takeRows(whole, own)) as [EncodedTable, EncodedTable, EncodedTable]
  const targets: TableSpec['targets'] = [{ name: 'y', kind: 'binary', classes: ['0', '1'] }]
  return {
    spec: { fields, targets, rows: train.rows },
    train,
    valid,
    test,
    types: Int32Array.from(places[2]!, row => types[row]!),
    truth: Float64Array.from(places[2]!, row => logits[row]!),
  }
}
