import { InterplayError } from '../../errors/index.ts'
import type { HostTensor } from '../../engine/index.ts'
import { loadSafetensors } from '../../engine/safetensors-file.ts'
import type { TokenPairs, TokenSets } from './token-pairs.ts'

/**
 * A safetensors file of `text` [items, words, width] and `frames` [items, frames, width], with `text.mask`, `frames.mask`
 * and `ids` where there are any.
 *
 * @throws InterplayError `data/role-missing`, `data/shape`, and what reading throws
 */
export async function readTokenPairs({ inputs }: { inputs: Readonly<Record<string, string>> }): Promise<TokenPairs> {
  const path = inputs.tokens!
  const { tensors } = await loadSafetensors(path)
  const text = setsOf(path, 'text', tensors)
  const frames = setsOf(path, 'frames', tensors)
  const items = tensors.text!.dims[0]!
  const ids = tensors.ids && Int32Array.from(tensors.ids.data as Float64Array, Number)
  return { name: path, items, text, frames, ...(ids && { ids }) }
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
