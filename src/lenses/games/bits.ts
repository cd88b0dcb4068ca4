import { choose } from './coefficients.ts'

/** Number of set bits of a 32-bit mask. */
export function popcount(mask: number): number {
  let m = mask - ((mask >>> 1) & 0x55555555)
  m = (m & 0x33333333) + ((m >>> 2) & 0x33333333)
  return Math.imul((m + (m >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Members of a mask, ascending. */
export function membersOf(mask: number): number[] {
  const members: number[] = []
  for (let rest = mask; rest !== 0; rest &= rest - 1) members.push(31 - Math.clz32(rest & -rest))
  return members
}

export function maskOf(members: Iterable<number>): number {
  let mask = 0
  for (const member of members) mask |= 1 << member
  return mask
}

/** All sets of 0 .. players - 1 with `least` to `most` members: by size, then in lexicographic order. */
export function setsOfSize(players: number, least: number, most: number): number[][] {
  const sets: number[][] = []
  const extend = (set: number[], from: number, size: number) => {
    if (set.length === size) sets.push(set)
    else for (let p = from; p <= players - size + set.length; p++) extend([...set, p], p + 1, size)
  }
  for (let size = least; size <= Math.min(most, players); size++) extend([], 0, size)
  return sets
}

/** The set at a place among those of its size, in the order of `setsOfSize`; for up to 2^32 such sets. */
export function setAt(players: number, size: number, place: number): number[] {
  const set: number[] = []
  let [above, open] = [players - 1, size - 1]
  for (let starting = choose(above, open); set.length < size; above--) {
    if (place < starting) {
      set.push(players - 1 - above)
      starting = (starting * open--) / above
    } else {
      place -= starting
      starting = (starting * (above - open)) / above
    }
  }
  return set
}

/** The place of an ascending set among those of its size: undoes `setAt`. */
export function placeOf(players: number, set: ArrayLike<number>): number {
  let [place, from] = [0, 0]
  for (let k = 0; k < set.length; k++) {
    for (let p = from; p < set[k]!; p++) place += choose(players - p - 1, set.length - k - 1)
    from = set[k]! + 1
  }
  return place
}
