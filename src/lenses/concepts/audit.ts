import { InterplayError } from '../../errors/index.ts'

/** How two concepts occur together. */
export interface ConceptPair {
  set: readonly [number, number]
  both: number
  /** Images that show one of the two. */
  apart: number
  /** Correlation of the two columns; NaN where one is constant. */
  phi: number
  /** Images that show both among those that show either. */
  jaccard: number
}

export interface ConceptAudit {
  names: readonly string[]
  images: number
  /** Images that show each concept. */
  shown: readonly number[]
  pairs: readonly ConceptPair[]
  /** [concepts, concepts] entropy of the row's concept once the column's is known, in bits; on the diagonal its own. */
  entropies: Float64Array
  /** Groups whose columns are equal: labels cannot tell which pixels belong to which. */
  identical: readonly (readonly number[])[]
  /** Pairs of which every image shows exactly one: what is read as the absence of the other. */
  opposite: readonly (readonly [number, number])[]
  /** Concepts that all images show, or none. */
  constant: readonly number[]
  /** Concepts that the class tells: the same in all its images. */
  toldByClass: readonly number[]
  /** The fewest kinds of further images that set all members of all groups apart. */
  tieBreakers: readonly { show: readonly number[]; leaveOut: readonly number[] }[]
}

export interface LabelTable {
  names: readonly string[]
  /** [images, names], 0 or 1. */
  values: ArrayLike<number>
  /** The class of each image. */
  classes?: ArrayLike<number>
}

/**
 * What the labels alone allow a concept model to learn: concepts that always come together cannot be told apart by it.
 * @throws InterplayError `data/concepts` where values are not a table of 0 and 1, `data/empty`
 */
export function auditConcepts({ names, values, classes }: LabelTable): ConceptAudit {
  const width = names.length
  const images = values.length / width
  if (width === 0 || images === 0) throw new InterplayError('data/empty', 'there are no concepts to audit')
  if (!Number.isInteger(images) || (classes && classes.length !== images)) {
    const counted = classes ? `, ${classes.length} classes` : ''
    throw new InterplayError('data/concepts', `${values.length} values are not ${width} concepts of images${counted}`)
  }
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0 || values[i] === 1) continue
    const where = `'${names[i % width]}' of image ${Math.floor(i / width)}`
    throw new InterplayError('data/concepts', `${where} is ${values[i]}, neither 0 nor 1`)
  }
  const columns = names.map((_, c) => Uint8Array.from({ length: images }, (_, row) => values[row * width + c]!))
  const shown = columns.map(column => column.reduce((sum, value) => sum + value, 0))
  const pairs = columns.flatMap((a, i) =>
    columns.slice(i + 1).map((b, k) => pairOf([i, i + 1 + k], shown, together(a, b), images)),
  )
  const identical = groupsOf(columns)
  return {
    names,
    images,
    shown,
    pairs,
    entropies: entropiesOf(columns, shown, images),
    identical,
    opposite: pairs.flatMap(({ set, both, apart }) => (both === 0 && apart === images ? [set] : [])),
    constant: names.flatMap((_, c) => (shown[c] === 0 || shown[c] === images ? [c] : [])),
    toldByClass: classes ? names.flatMap((_, c) => (fixedBy(columns[c]!, classes) ? [c] : [])) : [],
    tieBreakers: tieBreakersOf(identical),
  }
}

const together = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, value, row) => sum + (value & b[row]!), 0)

function pairOf(set: [number, number], shown: readonly number[], both: number, images: number): ConceptPair {
  const [a, b] = [shown[set[0]]!, shown[set[1]]!]
  const spread = Math.sqrt(a * (images - a) * (b * (images - b)))
  return { set, both, apart: a + b - 2 * both, phi: (images * both - a * b) / spread, jaccard: both / (a + b - both) }
}

/** Concepts that some images show and some do not, by equal columns. */
function groupsOf(columns: readonly Uint8Array[]): number[][] {
  const byColumn = new Map<string, number[]>()
  columns.forEach((column, c) => {
    if (column.every(value => value === column[0])) return
    const key = column.join('')
    byColumn.set(key, [...(byColumn.get(key) ?? []), c])
  })
  return [...byColumn.values()].filter(group => group.length > 1)
}

/** An image shows the members whose number in their group has a certain bit: so few images name every member. */
function tieBreakersOf(groups: readonly (readonly number[])[]): { show: number[]; leaveOut: number[] }[] {
  const kinds = Math.max(0, ...groups.map(group => Math.ceil(Math.log2(group.length))))
  return Array.from({ length: kinds }, (_, bit) => {
    const split = groups.filter(group => group.length > 2 ** bit)
    const members = (set: number) => split.flatMap(group => group.filter((_, i) => ((i >> bit) & 1) === set))
    return { show: members(0), leaveOut: members(1) }
  })
}

const entropy = (counts: readonly number[]): number => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)), 0)
}

function entropiesOf(columns: readonly Uint8Array[], shown: readonly number[], images: number): Float64Array {
  const width = columns.length
  return Float64Array.from({ length: width * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width]
    const [a, b] = [shown[i]!, shown[j]!]
    if (i === j) return entropy([a, images - a])
    const both = together(columns[i]!, columns[j]!)
    return entropy([both, a - both, b - both, images - a - b + both]) - entropy([b, images - b])
  })
}

function fixedBy(column: Uint8Array, classes: ArrayLike<number>): boolean {
  const known = new Map<number, number>()
  return column.every((value, row) => {
    const first = known.get(classes[row]!)
    known.set(classes[row]!, first ?? value)
    return first === undefined || first === value
  })
}
