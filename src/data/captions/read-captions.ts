import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { InterplayError } from '../../errors/index.ts'
import type { Captions } from './captions.ts'

/**
 * Texts: the lines of a file, or the text itself where no file is so called.
 * @throws InterplayError `data/role-missing` without a text, `usage/wrong-task` for pictures, which come from worlds
 */
export async function readCaptions(inputs: Readonly<Record<string, string>>): Promise<Captions> {
  const { text, images } = inputs
  if (images !== undefined) {
    throw new InterplayError('usage/wrong-task', 'pictures with captions are not read from files here', {
      where: `images=${images}`,
      why: 'they come from worlds and from TypeScript',
      try: 'world:tiny-world',
    })
  }
  if (text === undefined)
    throw new InterplayError('data/role-missing', 'a text is needed', { try: 'text="a red star"' })
  if (!existsSync(text)) return { texts: [text] }
  const lines = (await readFile(text, 'utf8')).split(/\r?\n/).map(line => line.trim())
  return { texts: lines.filter(line => line !== '') }
}
