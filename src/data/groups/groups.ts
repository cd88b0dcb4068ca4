import { InterplayError } from '../../errors/index.ts'

export interface GroupedColumn {
  name: string
  kind: 'discrete' | 'continuous'
  /** [rows] codes from 0 of a discrete column, else numbers. */
  values: Float64Array
  /** What the codes stand for. */
  words?: readonly string[]
}

/** Rows in groups, each group seen under its own conditions: a site, a session, a person. */
export interface GroupedTable {
  name: string
  rows: number
  columns: readonly GroupedColumn[]
  /** The column that tells the groups apart. */
  group: string
  groupNames: readonly string[]
  /** [rows] the group of each row, by its place in the names. */
  groups: Int32Array
}

/** Fewer tell too little. */
const fewestGroups = 50

/** @throws InterplayError `data/too-few-groups`, `data/small-group`, `data/not-finite`, `data/constant`, `data/duplicate-field` */
export function checkGroups({ name, rows, columns, group, groupNames, groups }: GroupedTable): void {
  if (columns.length < 2)
    throw new InterplayError(
      'data/too-few-fields',
      `${name} has ${columns.length} columns beside '${group}', two are needed`,
    )
  if (groupNames.length < fewestGroups)
    throw new InterplayError(
      'data/too-few-groups',
      `'${group}' has ${groupNames.length} groups, at least ${fewestGroups} are needed`,
      {
        where: group,
        why: 'each group is one sample of the tests of independence',
      },
    )
  const sizes = new Int32Array(groupNames.length)
  for (const own of groups) sizes[own]!++
  const small = sizes.findIndex(size => size < 2)
  if (small >= 0)
    throw new InterplayError(
      'data/small-group',
      `group '${groupNames[small]}' of '${group}' has ${sizes[small]} rows, two are needed`,
      {
        where: group,
        why: 'what tells a cause is how the rows of a group depend on each other',
        try: 'leave such groups out',
      },
    )
  for (const [c, column] of columns.entries()) {
    const { values, name: own } = column
    const row = values.findIndex(value => !Number.isFinite(value))
    if (row >= 0)
      throw new InterplayError('data/not-finite', `'${own}' is ${values[row]} in row ${row + 1}`, { where: own })
    if (values.length !== rows)
      throw new InterplayError('shape/mismatch', `'${own}' has ${values.length} values for ${rows} rows`)
    if (values.every(value => value === values[0]))
      throw new InterplayError('data/constant', `'${own}' has one value alone`, { where: own, try: 'leave it out' })
    const same = columns.slice(0, c).find(other => other.values.every((value, r) => value === values[r]))
    if (same)
      throw new InterplayError('data/duplicate-field', `'${own}' says the same as '${same.name}' in every row`, {
        where: own,
        try: 'leave one of them out',
      })
  }
}
