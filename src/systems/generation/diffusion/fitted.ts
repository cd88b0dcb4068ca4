import { encodePng } from '../../../data/images/png.ts'
import type { Captions } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { countParameters } from '../../../nn/index.ts'
import type { Answer, Attached, Fitted, RunContext } from '../../../system/index.ts'
import { saveBase, type Base } from '../shared/base.ts'
import { Pipeline, type Drawn, type PictureAdapter } from '../shared/pipeline.ts'

/** A trained base as the verbs take it. */
export const fitted = (
  base: Base,
  parameters = countParameters(base.model),
  metrics: Fitted['metrics'] = {},
): Fitted<Captions> => ({
  metrics,
  parameters,
  predict: async ({ texts }, context) => drawn(base, texts, (context.with ?? []).map(adapterOf), context),
  save: () => saveBase(base),
})

/** One picture a text, with what adapters did to it. */
export async function drawn(
  base: Base,
  texts: readonly string[],
  adapters: readonly PictureAdapter[],
  { seed, threads, device, signal }: Pick<RunContext, 'seed' | 'threads' | 'device' | 'signal'>,
): Promise<Answer> {
  const pipeline = new Pipeline(base, adapters, { threads, device })
  try {
    return answer(base, texts, adapters, await pipeline.draw(texts, { seed, signal }))
  } finally {
    await pipeline.close()
  }
}

function answer(
  base: Base,
  texts: readonly string[],
  adapters: readonly PictureAdapter[],
  { pixels, strengths }: Drawn,
) {
  const { channels, side } = base.model.options.picture
  const size = channels * side * side
  const digits = String(texts.length).length
  const names = texts.map((_, i) => `${String(i + 1).padStart(digits, '0')}.png`)
  const records = texts.map((text, i) => ({
    text,
    picture: names[i]!,
    ...Object.fromEntries(adapters.map(({ name }, a) => [`strength of ${name}`, strengths[a]![i]!])),
  }))
  const files = names.map(
    (name, i) => [name, encodePng(pixels.subarray(i * size, (i + 1) * size), side, side)] as const,
  )
  const unknown = [...new Set(texts.flatMap(text => base.vocabulary.unknown(text)))]
  const notes = unknown.length > 0 ? [`words that no caption had: ${unknown.join(', ')}`] : []
  return { records, files: Object.fromEntries(files), notes }
}

function adapterOf({ name, system, part }: Attached): PictureAdapter {
  if (typeof part === 'object' && part !== null && 'weights' in part && 'strengths' in part)
    return part as PictureAdapter
  throw new InterplayError('usage/wrong-task', `'${name}' is a run of ${system}, which adds nothing to pictures`, {
    where: `--with ${name}`,
  })
}
