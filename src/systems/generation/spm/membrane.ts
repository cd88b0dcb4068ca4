import { Pipeline, type DrawOptions, type Drawn, type PictureAdapter } from '../shared/pipeline.ts'
import { adapterWeights, decodeAdapter, encodeAdapter, type AdapterWeights } from '../shared/adapter-file.ts'
import type { Base } from '../shared/base.ts'
import type { Computing, RunContext } from '../../../system/index.ts'
import { checkPhrases } from './phrases.ts'
import { trainMembranes, type ErasingOptions } from './train.ts'
import { permeability, type Compared } from './transport.ts'

/** A learned eraser: one-dimensional adapters of a model's layers, and the phrases they stop it from drawing. */
export interface Membrane extends PictureAdapter {
  phrases: readonly string[]
}

/** How much a membrane acts: by its nearness to the text, or always as much. */
export type Strength = Compared | number

/** Weights as a pipeline wears them. Strength 'words' is facilitated transport without the padding. */
export const membrane = (
  name: string,
  phrases: readonly string[],
  weights: AdapterWeights,
  strength: Strength = 'words',
): Membrane => ({
  name,
  phrases,
  weights,
  strengths: async (texts, encode) =>
    typeof strength === 'number'
      ? new Float32Array(texts.count).fill(strength)
      : permeability(texts, await encode(phrases), strength),
})

/**
 * Learns a membrane that erases phrases from a base, which stays as it is.
 * @throws InterplayError `data/empty`, `data/unknown-word`, `option/conflict`, `train/not-finite`
 */
export async function erase(
  base: Base,
  phrases: readonly string[],
  options: ErasingOptions,
  context: Pick<RunContext, 'seed' | 'threads' | 'device' | 'signal' | 'progress'>,
): Promise<Membrane> {
  checkPhrases(base, phrases, options)
  const { network, state } = await trainMembranes(base, phrases, options, context)
  return membrane(phrases.join(' '), phrases, adapterWeights(network, state))
}

/** Pictures of texts with membranes on, and how much each acted on each text. Throws `model/weights` where one does not fit. */
export async function generate(
  base: Base,
  texts: readonly string[],
  {
    membranes = [],
    threads = 1,
    device,
    ...options
  }: DrawOptions & { membranes?: readonly Membrane[] } & Partial<Computing>,
): Promise<Drawn> {
  const pipeline = new Pipeline(base, membranes, { threads, device })
  try {
    return await pipeline.draw(texts, options)
  } finally {
    await pipeline.close()
  }
}

/** A membrane as a file, which tools for Stable Diffusion read as a LoRA. */
export const encodeMembrane = ({ weights, phrases }: Membrane): Uint8Array => encodeAdapter(weights, phrases)

/** A file of this form, whoever made it. Throws `data/corrupt`, `model/weights`. */
export function decodeMembrane(bytes: Uint8Array, file: string, strength?: Strength): Membrane {
  const { weights, phrases } = decodeAdapter(bytes, file)
  return membrane(file, phrases, weights, strength ?? (phrases.length > 0 ? 'words' : 1))
}
