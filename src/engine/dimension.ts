import { InterplayError } from '../errors/index.ts'

/**
 * One extent of a shape: a number, or a symbol (`'batch'`) that stands for a number known when the program runs.
 * Sums and products of symbols are symbols again, in a canonical spelling (`'10*batch'`), so equal means equal.
 */
export type Dimension = number | string
export type Shape = readonly Dimension[]

/** A polynomial in atoms with integer coefficients: monomial (sorted atoms joined by `*`, '' for 1) -> coefficient. */
type Polynomial = Map<string, number>

const polynomials = new Map<string, Polynomial>()

/** Characters of one extent's spelling. Products of sums and powers would otherwise grow without end. */
const longestSpelling = 1 << 16

function expectSpelling(length: number): void {
  if (length <= longestSpelling) return
  throw new InterplayError(
    'onnx/size',
    `an extent takes more than ${longestSpelling.toLocaleString('en')} characters`,
    {
      why: 'sums and products of symbols, each made of the last, grew without end',
      try: 'numbers in place of symbols',
    },
  )
}

function polynomial(dimension: Dimension): Polynomial {
  if (typeof dimension === 'number') return new Map(dimension === 0 ? [] : [['', dimension]])
  return polynomials.get(dimension) ?? new Map([[dimension, 1]])
}

function spell(terms: Polynomial): Dimension {
  const entries = [...terms].filter(([, coefficient]) => coefficient !== 0).sort(([a], [b]) => (a < b ? 1 : -1))
  if (entries.length === 0) return 0
  if (entries.length === 1 && entries[0]![0] === '') return entries[0]![1]
  const text = entries
    .map(([monomial, coefficient]) =>
      monomial === '' ? String(coefficient) : coefficient === 1 ? monomial : `${coefficient}*${monomial}`,
    )
    .join('+')
  if (!polynomials.has(text)) polynomials.set(text, new Map(entries))
  return text
}

export function addDimensions(a: Dimension, b: Dimension): Dimension {
  if (typeof a === 'number' && typeof b === 'number') return a + b
  expectSpelling(String(a).length + String(b).length)
  const sum = new Map(polynomial(a))
  for (const [monomial, coefficient] of polynomial(b)) sum.set(monomial, (sum.get(monomial) ?? 0) + coefficient)
  return spell(sum)
}

export function multiplyDimensions(a: Dimension, b: Dimension): Dimension {
  if (typeof a === 'number' && typeof b === 'number') return a * b
  const [lefts, rights] = [polynomial(a), polynomial(b)]
  expectSpelling(String(a).length * rights.size + String(b).length * lefts.size)
  const product: Polynomial = new Map()
  for (const [left, p] of lefts) {
    for (const [right, q] of rights) {
      const monomial = [...left.split('*'), ...right.split('*')].filter(Boolean).sort().join('*')
      product.set(monomial, (product.get(monomial) ?? 0) + p * q)
    }
  }
  return spell(product)
}

export const subtractDimensions = (a: Dimension, b: Dimension): Dimension => addDimensions(a, multiplyDimensions(b, -1))

/** The terms whose sum an extent is: its number, and each product of symbols. */
export const summands = (dimension: Dimension): Dimension[] =>
  [...polynomial(dimension)].map(term => spell(new Map([term])))

/** a / b where it is a whole number of symbols; undefined where it is not. */
export function divideDimensions(a: Dimension, b: Dimension): Dimension | undefined {
  if (a === b) return 1
  if (typeof a === 'number' && typeof b === 'number') return b !== 0 && a % b === 0 ? a / b : undefined
  const divisor = [...polynomial(b)]
  if (divisor.length !== 1) return undefined
  const [monomial, coefficient] = divisor[0]!
  const quotient: Polynomial = new Map()
  for (const [term, p] of polynomial(a)) {
    const atoms = term.split('*').filter(Boolean)
    for (const atom of monomial.split('*').filter(Boolean)) {
      const position = atoms.indexOf(atom)
      if (position < 0) return undefined
      atoms.splice(position, 1)
    }
    if (p % coefficient !== 0) return undefined
    quotient.set(atoms.join('*'), p / coefficient)
  }
  return spell(quotient)
}

/** A symbol for an extent that arithmetic cannot express, such as a strided window count over a symbolic axis. */
export function opaqueDimension(description: string): Dimension {
  expectSpelling(description.length)
  return description.replace(/[*+]/g, '·')
}

/**
 * The extent's number under `bindings`, undefined where a symbol is unbound.
 *
 * @throws InterplayError `shape/mismatch` where it would be negative: an axis is shorter than what is cut from it.
 */
export function evaluateDimension(dimension: Dimension, bindings: ReadonlyMap<string, number>): number | undefined {
  const value = signedDimension(dimension, bindings)
  if (value === undefined || !(value < 0)) return value
  const symbols = atomsOf(dimension).map(atom => `${atom} is ${bindings.get(atom)}`)
  throw new InterplayError('shape/mismatch', `an extent of ${String(dimension).replaceAll('+-', '-')} is ${value}`, {
    ...(symbols.length > 0 && { why: symbols.join(', ') }),
  })
}

/** The symbols that an extent is made of. */
export const atomsOf = (dimension: Dimension): string[] => [
  ...new Set([...polynomial(dimension).keys()].flatMap(monomial => monomial.split('*').filter(Boolean))),
]

/** The two sides of `dimension >= 0` with positive terms alone: `n+-5` as 5 <= n. */
export function sidesOf(dimension: Dimension): [least: Dimension, most: Dimension] {
  const terms = [...polynomial(dimension)]
  const most = terms.filter(([, coefficient]) => coefficient > 0)
  const least = terms.flatMap(([monomial, coefficient]): [string, number][] =>
    coefficient < 0 ? [[monomial, -coefficient]] : [],
  )
  return [spell(new Map(least)), spell(new Map(most))]
}

/** The number under `bindings` of what need not be an extent; undefined where a symbol is unbound. */
export function signedDimension(dimension: Dimension, bindings: ReadonlyMap<string, number>): number | undefined {
  if (typeof dimension === 'number') return dimension
  let total = 0
  for (const [monomial, coefficient] of polynomial(dimension)) {
    let product = coefficient
    for (const atom of monomial.split('*').filter(Boolean)) {
      const value = bindings.get(atom)
      if (value === undefined) return undefined
      product *= value
    }
    total += product
  }
  return total
}

const limits = new Map<string, Dimension>()

/** Says how large an extent can get that is known only once a program runs, such as a count of distinct ids. */
export function limitDimension(symbol: string, limit: Dimension): void {
  limits.set(symbol, limit)
}

export const isLimited = (symbol: string): boolean => limits.has(symbol)

/** Whether one of the extent's symbols is known only once a program runs. */
export const hasLimit = (dimension: Dimension): boolean =>
  [...polynomial(dimension).keys()].some(monomial => monomial.split('*').some(isLimited))

/** The largest number the extent can be under `bindings`, undefined where that is not known. */
export function largestDimension(dimension: Dimension, bindings: ReadonlyMap<string, number>): number | undefined {
  const known = evaluateDimension(dimension, bindings)
  if (known !== undefined) return known
  const all = new Map(bindings)
  for (const [symbol, limit] of limits) {
    const value = all.has(symbol) ? undefined : evaluateDimension(limit, bindings)
    if (value !== undefined) all.set(symbol, value)
  }
  return evaluateDimension(dimension, all)
}

export const sizeOf = (shape: Shape): Dimension => shape.reduce(multiplyDimensions, 1)
export const isStatic = (shape: Shape): shape is readonly number[] => shape.every(extent => typeof extent === 'number')
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, i) => extent === b[i])
export const spellShape = (shape: Shape): string => `[${shape.join(', ')}]`

/** NumPy broadcasting: extents must be equal or 1; two different symbols are an error. */
export function broadcastShapes(operator: string, ...shapes: Shape[]): Shape {
  const rank = Math.max(...shapes.map(shape => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    let extent: Dimension = 1
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1
      if (own === 1 || own === extent) continue
      if (extent !== 1) throw shapeMismatch(operator, shapes, `${extent} is not ${own}`)
      extent = own
    }
    return extent
  })
}

export function shapeMismatch(operator: string, shapes: readonly Shape[], why: string): InterplayError {
  return new InterplayError('shape/mismatch', `${operator}: ${shapes.map(spellShape).join(' by ')}; ${why}`)
}
