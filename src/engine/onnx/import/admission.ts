import { InterplayError } from '../../../errors/index.ts'
import { evaluateDimension, multiplyDimensions, sidesOf, signedDimension, sizeOf } from '../../dimension.ts'
import { bytesPerElement } from '../../dtype.ts'
import type { TensorType } from '../../tensor.ts'
import { expectBytes, type ReadLimits } from './read-limits.ts'

type Extents = ReadonlyMap<string, number>

/** What a graph leaves to its feeds. */
export interface Decided {
  /** Sizes in bytes, each with one value that has it. */
  sizes: ReadonlyMap<string, string>
  /** Numbers that must not be negative, each with one value that counts on it. */
  counts: ReadonlyMap<string, string>
  outputs: Readonly<Record<string, TensorType>>
}

/**
 * Admits a run before anything is made for it: slices find what they are read to find, each value and the outputs
 * together stay within the limit. What only the run itself tells is not checked.
 *
 * @throws InterplayError `shape/mismatch`, `onnx/size`.
 */
export function admit({ sizes, counts, outputs }: Decided, extents: Extents, file: string, limits: ReadLimits): void {
  for (const [count, name] of counts) {
    if ((signedDimension(count, extents) ?? 0) < 0) throw tooShort(count, name, extents, file)
  }
  for (const [bytes, name] of sizes) {
    expectBytes(`'${name}' in '${file}' takes`, evaluateDimension(bytes, extents) ?? 0, limits)
  }
  const together = Object.values(outputs).reduce((total, { dtype, shape }) => {
    const bytes = multiplyDimensions(sizeOf(shape), bytesPerElement(dtype))
    return total + (evaluateDimension(bytes, extents) ?? 0)
  }, 0)
  expectBytes(`the outputs of '${file}' take`, together, limits)
}

function tooShort(count: string, name: string, extents: Extents, file: string): InterplayError {
  const sides = sidesOf(count)
  const found = sides.flatMap(side => (typeof side === 'string' ? [signedDimension(side, extents)] : []))
  const message = `'${name}' in '${file}' needs ${sides.join(' <= ')}, got ${found.join(' and ')}`
  return new InterplayError('shape/mismatch', message, {
    why: 'its slice of an open axis is read as long enough',
    try: `importOnnx('${file}', { shapes }) with numbers for the inputs' extents`,
  })
}
