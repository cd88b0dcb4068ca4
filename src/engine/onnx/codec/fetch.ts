import { InterplayError } from '../../../errors/index.ts'
import type { Limits } from '../limits.ts'
import { decodeModel } from './decode.ts'
import type { OnnxModel } from './types.ts'

/**
 * Reads an ONNX file from a URL, for browsers. Weights must be in the file.
 *
 * @throws InterplayError `data/not-found`, `onnx/corrupt`, `onnx/size`, `onnx/outside`.
 */
export async function readModel(url: string, limits?: Partial<Limits>): Promise<OnnxModel> {
  const response = await fetch(url)
  if (!response.ok) throw new InterplayError('data/not-found', `no file '${url}'`, { why: `HTTP ${response.status}` })
  const bytes = new Uint8Array(await response.arrayBuffer())
  return decodeModel(bytes, { file: url.split('/').at(-1) ?? url, ...(limits && { limits }) })
}
