/** Rows of users with about as much history. */
export interface LengthGroup {
  /** `histories of 3 to 7` */
  name: string
  rows: readonly number[]
}

/** Upper ends of the groups; the first is the long tail: users of whom hardly anything is known. */
const ends = [0, 2, 7, 15, Infinity]

/** Rows by the length of their histories; groups without rows are left out. */
export function byLength(lengths: Int32Array): LengthGroup[] {
  return ends.flatMap((end, g) => {
    const start = g === 0 ? 0 : ends[g - 1]! + 1
    const rows = [...lengths.keys()].filter(row => lengths[row]! >= start && lengths[row]! <= end)
    return rows.length === 0 ? [] : [{ name: nameOf(start, end), rows }]
  })
}

const nameOf = (start: number, end: number): string =>
  end === 0 ? 'no history' : end === Infinity ? `histories of ${start} or more` : `histories of ${start} to ${end}`
