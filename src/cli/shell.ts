/** One word as a POSIX shell reads it back. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** `interplay` and its words, to copy and run. */
export const commandLine = (words: readonly string[]): string => ['interplay', ...words.map(quote)].join(' ')

/** The command that goes on where these words were stopped; `run` is the folder it was writing. */
export function resumeLine(words: readonly string[], run?: string): string {
  const kept = words.filter((word, index) => {
    if (word === '--overwrite' || word === '--resume') return false
    const isOut = (one: string | undefined) => run !== undefined && (one === '-o' || one === '--out')
    return !isOut(word) && !isOut(words[index - 1]) && !(run !== undefined && word.startsWith('--out='))
  })
  return commandLine([...kept, ...(run === undefined ? [] : ['-o', run]), '--resume'])
}
