import { InterplayError } from '../../errors/index.ts'
import type { Images } from '../images/images.ts'

/** Texts, and the picture each stands for where there is one; without pictures they are prompts. */
export interface Captions {
  texts: readonly string[]
  images?: Images
}

/** @throws InterplayError `data/empty`, `data/ragged` */
export function checkCaptions({ texts, images }: Captions): void {
  if (texts.length === 0) throw new InterplayError('data/empty', 'there are no texts')
  const empty = texts.findIndex(text => text.trim() === '')
  if (empty >= 0) throw new InterplayError('data/empty', `text ${empty + 1} is empty`)
  if (images && images.count !== texts.length)
    throw new InterplayError('data/ragged', `${texts.length} texts stand for ${images.count} images`)
}
