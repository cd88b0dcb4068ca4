import { InterplayError } from '../../../errors/index.ts'
import type { Base } from '../shared/base.ts'

/**
 * What is to be erased, and what takes its place.
 * @throws InterplayError `data/empty`, `data/unknown-word` where the base knows no word of a phrase, `option/conflict` where
 * nothing would be erased
 */
export function checkPhrases(
  { vocabulary }: Base,
  phrases: readonly string[],
  { surrogate, guidance }: { surrogate: string; guidance: number },
): void {
  const empty = phrases.findIndex(phrase => phrase.trim() === '')
  if (phrases.length === 0 || empty >= 0)
    throw new InterplayError('data/empty', phrases.length === 0 ? 'no phrase to erase' : `phrase ${empty + 1} is empty`)
  const comma = phrases.find(phrase => phrase.includes(','))
  if (comma !== undefined)
    throw new InterplayError(
      'data/format',
      `the phrase '${comma}' has a comma, which parts phrases in a membrane's file`,
    )
  for (const phrase of [...phrases, surrogate]) {
    const unknown = vocabulary.unknown(phrase)
    if (unknown.length > 0) {
      throw new InterplayError('data/unknown-word', `the base knows no '${unknown[0]}', of '${phrase}'`, {
        why: `it knows ${vocabulary.words.length} words: ${vocabulary.words.slice(0, 40).join(', ')}`,
      })
    }
  }
  const same = phrases.find(phrase => phrase.trim().toLowerCase() === surrogate.trim().toLowerCase())
  if (same !== undefined && guidance === 0) {
    throw new InterplayError(
      'option/conflict',
      `'${same}' is its own surrogate, and with guidance 0 nothing is erased`,
      {
        where: '--set surrogate, --set guidance',
        try: '--set guidance=1',
      },
    )
  }
}
