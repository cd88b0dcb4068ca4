import type { HostTensor } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'
import type { Splits } from '../items.ts'
import type { World } from './world.ts'

/** What has to be known to foretell a token: whom of two a sentence is about, what was said before, who lives where. */
export const languageTasks = ['object', 'copy', 'fact'] as const
export type LanguageTask = (typeof languageTasks)[number]

export interface TinyLanguage {
  /** Words by token. */
  vocabulary: readonly string[]
  /** `tokens` int32 [sequences, context]. */
  inputs: { tokens: HostTensor }
  /** The token behind each, row-major. */
  labels: Int32Array
  /** By task: 1 where the token behind can be foretold by it, row-major. */
  tasks: Readonly<Record<LanguageTask, Uint8Array>>
  splits: Splits
}

/** Tokens of a sequence. */
const context = 32

const numbered = (what: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${what}${i}`)
const kinds = {
  person: numbered('person', 24),
  thing: numbered('thing', 16),
  place: numbered('place', 12),
  letter: numbered('letter', 20),
  city: numbered('city', 12),
}
const words = ['.', 'and', 'went', 'to', 'the', 'gave', 'copy', ':', ';', 'lives', 'in']
const vocabulary = [...words, ...Object.values(kinds).flat()]
const tokenOf = new Map(vocabulary.map((word, token) => [word, token]))
const copied = 5

/** Words, of which some can be foretold. */
interface Sentence {
  words: string[]
  foretold: { task: LanguageTask; at: number }[]
}

/** Two went somewhere, one of them gave something to the other: to whom, is foretold by who gave (Wang et al. 2022). */
function giving(random: Random): Sentence {
  const [first, second] = random.permutation(kinds.person.length)
  const two = [kinds.person[first!]!, kinds.person[second!]!]
  const giver = random.integer(2)
  const said = [two[0]!, 'and', two[1]!, 'went', 'to', 'the', one(kinds.place, random), '.']
  const given = [two[giver]!, 'gave', 'the', one(kinds.thing, random), 'to', two[1 - giver]!, '.']
  return { words: [...said, ...given], foretold: [{ task: 'object', at: said.length + 5 }] }
}

/** Letters, and again the same (Olsson et al. 2022). */
function copying(random: Random): Sentence {
  const letters = Array.from({ length: copied }, () => one(kinds.letter, random))
  const start = copied + 3
  return {
    words: ['copy', ':', ...letters, ';', ...letters, '.'],
    foretold: letters.map((_, i) => ({ task: 'copy', at: start + i })),
  }
}

/** Where somebody lives: always the same city. */
function living(random: Random, homes: readonly string[]): Sentence {
  const person = random.integer(kinds.person.length)
  return {
    words: [kinds.person[person]!, 'lives', 'in', 'the', homes[person]!, '.'],
    foretold: [{ task: 'fact', at: 4 }],
  }
}

const one = (of: readonly string[], random: Random): string => of[random.integer(of.length)]!

/** Sentences of three kinds, joined and cut to sequences: people who give, letters that are copied, facts to be known. */
export function sentences(count: number, { tested, seed }: { tested: number; seed: number }): TinyLanguage {
  const random = new Random(seed, 'tiny-language')
  const homes = kinds.person.map(() => one(kinds.city, random))
  const tokens = new Int32Array(count * context)
  const labels = new Int32Array(count * context)
  const tasks = {
    object: new Uint8Array(labels.length),
    copy: new Uint8Array(labels.length),
    fact: new Uint8Array(labels.length),
  }
  for (let row = 0; row < count; row++) {
    const said: number[] = []
    while (said.length <= context) {
      const kind = random.integer(3)
      const { words: own, foretold } =
        kind === 0 ? giving(random) : kind === 1 ? copying(random) : living(random, homes)
      for (const { task, at } of foretold) {
        const before = said.length + at - 1
        if (before < context) tasks[task][row * context + before] = 1
      }
      said.push(...own.map(word => tokenOf.get(word)!))
    }
    tokens.set(said.slice(0, context), row * context)
    labels.set(said.slice(1, context + 1), row * context)
  }
  const rows = Int32Array.from({ length: count }, (_, row) => row)
  return {
    vocabulary,
    inputs: { tokens: { dtype: 'int32', dims: [count, context], data: tokens } },
    labels,
    tasks,
    splits: { train: rows.slice(0, count - tested), valid: new Int32Array(), test: rows.slice(count - tested) },
  }
}

/** Text that a small decoder learns in minutes, of which it is known what each foretold token needs. */
export const tinyLanguage: World<TinyLanguage> = {
  name: 'tiny-language',
  title: 'sentences of a small grammar, for language models that are looked into',
  task: 'network',
  make: ({ seed, size = 'full' }) =>
    size === 'full' ? sentences(16_896, { tested: 512, seed }) : sentences(96, { tested: 32, seed }),
}
