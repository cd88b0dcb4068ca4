import { Random } from '../../../random/index.ts'
import type { Query } from './query/schema.ts'
import { Interpreter } from './questions/interpreter.ts'
import type { Reading } from './questions/reading.ts'
import { templates } from './questions/templates.ts'
import { wordsOf } from './questions/words.ts'
import type { Vocabulary } from './vocabulary.ts'

const copies = 5

/**
 * The baseline: the templates filled with names of the table, and of all these questions the one with the most words in
 * common, weighed by how rare they are, gives its own query.
 */
export function nearestNeighbour(vocabulary: Vocabulary, seed: number): Pick<Interpreter, 'read'> {
  const random = new Random(seed, 'filled templates')
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!
  const valued = vocabulary.fields.filter(({ values }) => values && values.length > 0)
  const fill: Readonly<Record<string, () => string>> = {
    FIELD: () => pick(vocabulary.fields).name,
    VALUE: () => pick(pick(valued).values!),
    CLASS: () => pick(vocabulary.target?.classes ?? ['yes']),
    TARGET: () => vocabulary.target?.name ?? 'answer',
    ROW: () => `row ${1 + random.integer(300)}`,
    NUMBER: () => String(1 + random.integer(60)),
    ITEM: () => pick(vocabulary.items ?? ['rows']),
    METRIC: () => pick(['accuracy', 'auc', 'precision', 'recall']),
  }
  const known = Object.values(templates).flatMap(each =>
    each.flatMap(template =>
      Array.from({ length: copies }, () => template.replace(/[A-Z]{3,}/g, word => fill[word]?.() ?? word)),
    ),
  )
  const bags = known.map(question => new Set(wordsOf(question).map(({ stem }) => stem)))
  const counts = new Map<string, number>()
  for (const bag of bags) for (const word of bag) counts.set(word, (counts.get(word) ?? 0) + 1)
  const weight = (word: string) => Math.log((1 + bags.length) / (1 + (counts.get(word) ?? 0))) ** 2
  const length = (bag: Iterable<string>) => Math.sqrt([...bag].reduce((sum, word) => sum + weight(word), 0)) || 1
  const lengths = bags.map(length)
  const interpreter = new Interpreter(vocabulary)
  return {
    read(text: string, past: readonly Query[] = []): Reading {
      const own = new Set(wordsOf(text).map(({ stem }) => stem))
      let [best, most] = [0, -1]
      bags.forEach((bag, k) => {
        let shared = 0
        for (const word of own) if (bag.has(word)) shared += weight(word)
        if (shared / lengths[k]! > most) [best, most] = [k, shared / lengths[k]!]
      })
      return interpreter.read(known[best]!, past)
    },
  }
}
