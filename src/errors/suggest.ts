const normal = (name: string) => name.toLowerCase().replace(/[\s\-_]/g, '')
const words = (name: string) =>
  name
    .toLowerCase()
    .split(/[\s\-_]+/)
    .filter(Boolean)

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      current[j] = Math.min(previous[j]! + 1, current[j - 1]! + 1, substitution)
    }
    previous = current
  }
  return previous[b.length]!
}

/**
 * The nearest three of the `valid` names: case, spaces, `-` and `_` ignored; near is an edit distance of at most a
 * third of the length, a prefix, or all words shared. Nothing is suggested for names under three letters.
 */
export function suggest(name: string, valid: Iterable<string>): string[] {
  const wanted = normal(name)
  if (wanted.length < 3) return []
  const near: { name: string; distance: number }[] = []
  for (const candidate of valid) {
    const other = normal(candidate)
    const distance = editDistance(wanted, other)
    const close = distance <= Math.max(wanted.length, other.length) / 3
    const prefix = other.startsWith(wanted) || (other.length >= 3 && wanted.startsWith(other))
    const shared = words(name).every(word => words(candidate).includes(word))
    if (close || prefix || shared) near.push({ name: candidate, distance })
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  return near.slice(0, 3).map(entry => entry.name)
}
