import { InterplayError } from '../../../errors/index.ts'
import { selectFields, type FieldSpec, type TableSpec } from '../../../nn/index.ts'

/** Which fields of a table play which part. */
export interface Parts {
  /** What a user did, item by item: sequence fields, each one id of an item. */
  history: readonly FieldSpec[]
  /** The candidate's ids, in the order of the history's fields where these have their vocabularies. */
  candidate: readonly string[]
  /** Whether a candidate is made of the ids that an item of the history is made of, so that one perceptron reads both. */
  paired: boolean
  query: readonly string[]
  /** Profile and context. */
  rest: readonly string[]
}

interface Chosen {
  history: readonly string[]
  query: readonly string[]
  user: string
}

/**
 * The parts of a table. Sequences are the history unless some are named. Where each has the vocabulary of another field,
 * those fields are the candidate; where none has, all fields but the query's are.
 * @throws InterplayError `option/invalid` for names that are no such fields, `option/conflict` for a table without a history
 */
export function partsOf(spec: TableSpec, chosen: Chosen): Parts {
  selectFields(spec, chosen.history, 'history')
  selectFields(spec, chosen.query, 'query')
  const sequences = spec.fields.filter(field => field.type === 'sequence')
  const history = chosen.history.length === 0 ? sequences : chosen.history.map(name => sequenceNamed(spec, name))
  if (history.length === 0)
    throw new InterplayError('option/conflict', 'aw-moe reads what a user did before, and no field is a sequence', {
      why: `fields: ${spec.fields.map(({ name }) => name).join(', ')}`,
      try: '--type history=sequence:^',
    })
  for (const name of chosen.query) refuseInHistory(name, history)
  if (chosen.user !== '') refuseUncounted(spec, chosen.user)
  refuseLengths(history)
  const paired = history.filter(({ vocabulary }) => vocabulary !== undefined)
  if (paired.length > 0 && paired.length < history.length) {
    const lone = history.find(({ vocabulary }) => vocabulary === undefined)!
    throw new InterplayError('option/conflict', `'${lone.name}' shares no vocabulary with a field of the candidate`, {
      why: `'${paired[0]!.name}' has that of '${paired[0]!.vocabulary}'; a candidate is compared id by id`,
      try: `--set encoding.vocabulary.${lone.name}=FIELD`,
    })
  }
  const others = spec.fields
    .filter(field => !history.includes(field) && !chosen.query.includes(field.name))
    .map(({ name }) => name)
  const candidate = paired.length > 0 ? paired.map(({ vocabulary }) => vocabulary!) : others
  if (candidate.length === 0)
    throw new InterplayError('option/conflict', 'aw-moe ranks candidates, and no field is left to describe one', {
      why: `history: ${history.map(({ name }) => name).join(', ')}; query: ${chosen.query.join(', ') || 'none'}`,
    })
  return {
    history,
    candidate,
    paired: paired.length > 0,
    query: chosen.query,
    rest: others.filter(name => !candidate.includes(name)),
  }
}

function sequenceNamed(spec: TableSpec, name: string): FieldSpec {
  const field = spec.fields.find(each => each.name === name)!
  if (field.type === 'sequence') return field
  throw new InterplayError('option/conflict', `history names '${name}', which is ${field.type}, no sequence`, {
    where: `--set history`,
    try: `--type ${name}=sequence:^`,
  })
}

function refuseInHistory(name: string, history: readonly FieldSpec[]): void {
  if (!history.some(field => field.name === name)) return
  throw new InterplayError('option/conflict', `'${name}' is both history and query`, { where: '--set query' })
}

function refuseUncounted(spec: TableSpec, user: string): void {
  const [field] = selectFields(spec, [user], 'user').fields
  if (field!.type === 'categorical') return
  throw new InterplayError('option/conflict', `user names '${user}', which is ${field!.type}`, {
    where: `--set user=${user}`,
    try: `--type ${user}=categorical`,
  })
}

function refuseLengths(history: readonly FieldSpec[]): void {
  const [first, ...rest] = history
  const other = rest.find(({ length }) => length !== first!.length)
  if (!other) return
  throw new InterplayError(
    'option/conflict',
    `'${first!.name}' has up to ${first!.length} items and '${other.name}' up to ${other.length}`,
    { why: 'the fields of a history say of the same items what they are', try: `--set history=["${first!.name}"]` },
  )
}
