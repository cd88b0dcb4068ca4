import { InterplayError } from '../../../errors/index.ts'

/** What a file's graph may come to once its functions and branches are in place. */
export interface ReadLimits {
  /** Nodes read in all. */
  nodes: number
  /** Bodies inside bodies. */
  depth: number
  /** Bytes of one value, and of all outputs together. */
  value: number
  /** Symbols of the file that turn out to be another's extent: for each the graph is read again. */
  symbols: number
}

export const defaultReadLimits: ReadLimits = { nodes: 200_000, depth: 32, value: 2 ** 32, symbols: 256 }

/**
 * @param takes what is that large, and its verb.
 * @throws InterplayError `onnx/size` for what is larger than the limit of a value.
 */
export function expectBytes(takes: string, bytes: number, { value }: ReadLimits): void {
  if (bytes <= value) return
  throw new InterplayError('onnx/size', `${takes} ${bytes.toLocaleString('en')} bytes`, {
    why: `the limit is ${value.toLocaleString('en')}`,
    try: 'a smaller batch, or importOnnx(file, { limits: { value } })',
  })
}
