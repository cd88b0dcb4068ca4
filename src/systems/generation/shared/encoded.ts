import { compile, int32, type Program } from '../../../engine/index.ts'
import type { Computing } from '../../../system/index.ts'
import type { Base } from './base.ts'

/** Texts as ids and features. */
export interface EncodedTexts {
  count: number
  length: number
  width: number
  /** [count, length] */
  ids: Int32Array
  /** [count, length, width] */
  features: Float32Array
}

/** The text half of a base. */
export class Encoder {
  private readonly program: Program

  constructor(
    private readonly base: Base,
    { threads, device }: Computing,
  ) {
    const { model, state } = base
    this.program = compile({
      inputs: { ids: int32(['batch', model.options.text.length]) },
      state,
      threads,
      device,
      trace: ({ ids }) => ({ outputs: { features: model.encode(ids!) } }),
    })
  }

  async encode(texts: readonly string[]): Promise<EncodedTexts> {
    const { length, width } = this.base.model.options.text
    const ids = this.base.vocabulary.encode(texts, length)
    const { features } = await this.program.run({ ids })
    return { count: texts.length, length, width, ids, features: features!.data as Float32Array }
  }

  close(): Promise<void> {
    return this.program.close()
  }
}

/** The features of these texts, one after the other. */
export function featuresOf({ features, length, width }: EncodedTexts, rows: readonly number[]): Float32Array {
  const size = length * width
  const result = new Float32Array(rows.length * size)
  rows.forEach((row, i) => result.set(features.subarray(row * size, (row + 1) * size), i * size))
  return result
}
