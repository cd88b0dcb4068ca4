import type { EncodedTable, PreparedTable } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { fieldsOf, stacked, type FieldSpec } from '../../../nn/index.ts'
import type { AwMoeOptions } from './model.ts'
import { partsOf } from './parts.ts'

type Data = Pick<PreparedTable, 'name' | 'spec' | 'train' | 'valid' | 'test'>

/**
 * What is to be known of histories before they are learned from.
 * @throws InterplayError `data/unknown-values` where most items of a history are in no vocabulary, `data/leak` where
 * histories hold the row's own event, `option/conflict` where a contrast has no other user to set a row against
 */
export function checkHistories(data: Data, options: AwMoeOptions): readonly string[] {
  const { history } = partsOf(data.spec, options)
  const notes = history.flatMap(field => unknownItems(data, field))
  for (const field of history) if (field.vocabulary !== undefined) refuseOwnEvent(data, field)
  if (options.contrast > 0 && options.gate !== 'none') refuseOneUser(data, history[0]!, options.user)
  return notes
}

const listsOf = ({ sequences }: EncodedTable, { name }: FieldSpec) => sequences.find(({ field }) => field === name)!

function unknownItems({ name, spec, train, valid, test }: Data, field: FieldSpec): string[] {
  let [all, unknown] = [0, 0]
  for (const { ids } of [train, valid, test].map(table => listsOf(table, field))) {
    all += ids.filter(id => id > 0).length
    unknown += ids.filter(id => id === field.size - 1).length
  }
  if (unknown === 0) return []
  const share = `${unknown.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} items of '${field.name}'`
  if (unknown <= all / 2) return [`${share} are in no vocabulary and share one code`]
  const separator = 'a list may be cut at another separator than it is written with, or its values be too rare'
  throw new InterplayError('data/unknown-values', `${share} in ${name} are in no vocabulary`, {
    why: `more than half; ${separator}`,
    try: `--type ${field.name}=sequence:^ or --set encoding.minCount.${field.vocabulary ?? field.name}=1`,
    details: { field: field.name, unknown, items: all, fields: spec.fields.length },
  })
}

/** Rows of one class that end their histories with the candidate itself, while those of the other hardly ever do. */
function refuseOwnEvent({ spec, train }: Data, field: FieldSpec): void {
  if (spec.targets[0]!.kind !== 'binary') return
  const categorical = fieldsOf(spec, 'categorical')
  const column = categorical.findIndex(({ name }) => name === field.vocabulary)
  const start = stacked(categorical).starts[column]!
  const { ids, length } = listsOf(train, field)
  const rows = [0, 0]
  const ending = [0, 0]
  for (let row = 0; row < train.rows; row++) {
    const own = ids.subarray(row * length, (row + 1) * length)
    const last = own[own.findLastIndex(id => id > 0)]
    if (last === undefined || last === field.size - 1) continue
    const label = train.targets[0]![row]!
    rows[label]!++
    if (last === train.categorical[row * categorical.length + column]! - start) ending[label]!++
  }
  const [negative, positive] = ending.map((count, label) => count / Math.max(rows[label]!, 1)) as [number, number]
  if (positive < 0.9 || negative > 0.5) return
  throw new InterplayError(
    'data/leak',
    `'${field.name}' ends with the row's own '${field.vocabulary}' in ${Math.round(100 * positive)}% of positive rows`,
    {
      where: `--type ${field.name}=sequence`,
      why: 'a history holds what came before its row; this one tells the answer',
      try: 'build histories from strictly earlier events',
    },
  )
}

function refuseOneUser({ name, spec, train }: Data, history: FieldSpec, user: string): void {
  const categorical = fieldsOf(spec, 'categorical')
  const column = categorical.findIndex(each => each.name === user)
  const { ids, length } = listsOf(train, history)
  const same = (row: number): boolean =>
    column < 0
      ? ids.subarray(row * length, (row + 1) * length).every((id, place) => id === ids[place])
      : train.categorical[row * categorical.length + column] === train.categorical[column]
  for (let row = 1; row < train.rows; row++) if (!same(row)) return
  throw new InterplayError('option/conflict', `all training rows of ${name} are of one user`, {
    why: 'the contrast sets the gate of a user against those of others',
    try: '--set contrast=0',
  })
}
