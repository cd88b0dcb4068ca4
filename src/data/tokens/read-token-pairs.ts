import { InterplayError } from '../../errors/index.ts'
import type { HostTensor } from '../../engine/index.ts'
import { loadSafetensors } from '../../engine/safetensors-file.ts'
import type { TokenPairs, TokenSets } from './token-pairs.ts'

/**
 * A safetensors file of `text` [items, words, width] and `frames` [items, frames, width], with `text.mask`, `frames.mask`
 * and `ids` where there are any, and the words of each text as JSON in its metadata's `words`.
 *
 * @throws InterplayError `data/role-missing`, `data/shape`, `data/type`, and what reading throws
 */
export async function readTokenPairs({ inputs }: { inputs: Readonly<Record<string, string>> }): Promise<TokenPairs> {
  const path = inputs.tokens!
  const { tensors, metadata } = await loadSafetensors(path)
  const text = setsOf(path, 'text', tensors)
  const frames = setsOf(path, 'frames', tensors)
  const items = tensors.text!.dims[0]!
  const ids = tensors.ids && Int32Array.from(tensors.ids.data as Float64Array, Number)
  const words = metadata.words === undefined ? undefined : wordsOf(path, metadata.words, items)
  return { name: path, items, text, frames, ...(ids && { ids }), ...(words && { words }) }
}

function wordsOf(path: string, json: string, items: number): readonly (readonly string[])[] {
  const words = parsed(json)
  const lists = (value: unknown): value is string[][] =>
    Array.isArray(value) && value.length === items && value.every(text => Array.isArray(text))
  if (lists(words)) return words.map(text => text.map(String))
  throw new InterplayError('data/type', `the words of '${path}' are no list of words an item`, {
    why: `its metadata 'words' must be JSON, ${items} lists of text`,
  })
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function setsOf(path: string, name: string, tensors: Readonly<Record<string, HostTensor>>): TokenSets {
  const tensor = tensors[name]
  if (!tensor)
    throw new InterplayError('data/role-missing', `'${path}' has no tensor '${name}'`, {
      why: `it has ${Object.keys(tensors).join(', ')}`,
    })
  const [items, length, width] = tensor.dims
  if (tensor.dims.length !== 3)
    throw new InterplayError('data/shape', `'${name}' of '${path}' is [${tensor.dims.join(', ')}]`, {
      why: 'items, tokens, width are needed',
    })
  const mask = tensors[`${name}.mask`]
  return {
    name,
    length: length!,
    width: width!,
    values: Float32Array.from(tensor.data as Float64Array, Number),
    mask: mask ? Uint8Array.from(mask.data as Float64Array, Number) : new Uint8Array(items! * length!).fill(1),
  }
}
