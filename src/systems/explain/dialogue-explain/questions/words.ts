import { functionWords } from './lexicon.ts'

/** Numbers as people write them out. */
const spelled: Readonly<Record<string, number>> = Object.fromEntries([
  ...'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, number) => [word, number] as const),
  ['thirty', 30],
  ['forty', 40],
  ['fifty', 50],
  ['sixty', 60],
  ['hundred', 100],
])

export interface Word {
  /** Lower case, without its ending. */
  stem: string
  /** As written. */
  text: string
  number?: number
}

const pattern = /[$#]?-?\d[\d,]*(?:\.\d+)?k?(?![\w])|[a-z0-9]+(?:['’][a-z]+)?|<=|>=|!=|[<>=%,;?]/gi

/** Cuts a question into words, numbers and signs. `hours_per_week`, `Self-emp` and `childCount` are several words. */
export function wordsOf(text: string): Word[] {
  const parted = text
    .replace(/(\w)n['’]t\b/gi, '$1 not')
    .replace(/\bca not\b/gi, 'can not')
    .replace(/\bwo not\b/gi, 'will not')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/(?<=[a-z0-9])[_/-]+(?=[a-z])/gi, ' ')
  return [...parted.matchAll(pattern)].map(([word]) => {
    const lower = word.toLowerCase().replace('’', "'")
    if (/^[$#]?-?\d/.test(lower) && !/[a-jl-z]/.test(lower))
      return { stem: lower.replace('#', ''), text: word, number: numberOf(lower) }
    const stem = stemOf(lower)
    return lower in spelled ? { stem, text: word, number: spelled[lower] } : { stem, text: word }
  })
}

function numberOf(word: string): number {
  const number = Number(word.replace(/[$#,k]/g, ''))
  return word.endsWith('k') ? 1000 * number : number
}

/** Forms that no ending tells. */
export const irregular: Readonly<Record<string, string>> = {
  women: 'woman',
  men: 'man',
  people: 'person',
  children: 'child',
  geese: 'goose',
  mice: 'mouse',
  species: 'species',
  indices: 'index',
  was: 'be',
  were: 'be',
  is: 'be',
  are: 'be',
  been: 'be',
  had: 'have',
  has: 'have',
  did: 'do',
  does: 'do',
}

/** Plural and genitive endings off; enough to find a name, not a linguist's stem. */
export function stemOf(word: string): string {
  const bare = word.replace(/'s$|'$/, '').replace("'", '')
  if (irregular[bare]) return irregular[bare]
  if (functionWords.has(bare)) return bare
  if (bare.length > 4 && bare.endsWith('ies')) return `${bare.slice(0, -3)}y`
  if (bare.length > 4 && /(?:sh|ch|x|ss)es$/.test(bare)) return bare.slice(0, -2)
  return bare.length > 3 && /[^su]s$/.test(bare) && !/ss$/.test(bare) ? bare.slice(0, -1) : bare
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other. */
export function typingDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const swap =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity
      const substituted = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      rows[i]![j] = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, substituted, swap)
    }
  return rows[a.length]![b.length]!
}
