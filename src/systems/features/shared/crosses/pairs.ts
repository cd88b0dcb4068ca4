import { InterplayError, suggest } from '../../../../errors/index.ts'
import { fieldsOf, type TableSpec } from '../../../../nn/index.ts'

/** Two categorical fields, by their places among the categorical ones, the first before the second. */
export type Pair = readonly [number, number]

/** All pairs of so many fields, row by row of the upper triangle. */
export const allPairs = (fields: number): Pair[] =>
  Array.from({ length: fields }, (_, i) => i).flatMap(i =>
    Array.from({ length: fields - 1 - i }, (_, k): Pair => [i, i + 1 + k]),
  )

/** The names of a pair's fields. */
export const pairNames = (spec: TableSpec, pairs: readonly Pair[]): [string, string][] => {
  const names = fieldsOf(spec, 'categorical').map(({ name }) => name)
  return pairs.map(([i, j]) => [names[i]!, names[j]!])
}

/**
 * The pairs of these names, each once and in the order of the fields; all of them where none is named.
 * @throws InterplayError `option/conflict` for fewer than two categorical fields, `option/invalid` for a name that is no
 * categorical field and for a field with itself
 */
export function pairsNamed(spec: TableSpec, wanted: readonly (readonly [string, string])[], option: string): Pair[] {
  const categorical = fieldsOf(spec, 'categorical').map(({ name }) => name)
  if (categorical.length < 2) {
    throw new InterplayError('option/conflict', 'pairs are of categorical fields, and there are fewer than two', {
      why: `categorical: ${categorical.join(', ') || 'none'}`,
      try: spec.fields.length > 1 ? `--type ${spec.fields[0]!.name}=categorical` : undefined,
    })
  }
  if (wanted.length === 0) return allPairs(categorical.length)
  const named = new Set(
    wanted.map(names => {
      const [i, j] = names.map(name => placeOf(name, categorical, spec, option)) as [number, number]
      if (i === j) throw new InterplayError('option/invalid', `${option} pairs '${names[0]}' with itself`)
      return `${Math.min(i, j)},${Math.max(i, j)}`
    }),
  )
  return allPairs(categorical.length).filter(pair => named.has(pair.join()))
}

function placeOf(name: string, categorical: readonly string[], spec: TableSpec, option: string): number {
  const place = categorical.indexOf(name)
  if (place >= 0) return place
  const field = spec.fields.find(each => each.name === name)
  const near = suggest(name, categorical)
  throw new InterplayError(
    'option/invalid',
    field
      ? `${option} names '${name}', a ${field.type} field`
      : `${option} names '${name}', which is not an input field`,
    {
      where: `--set ${option}`,
      why: field ? 'only values of categorical fields make crosses' : `nearest: ${near.join(', ') || 'none'}`,
      try: field ? `--type ${name}=categorical` : undefined,
    },
  )
}
