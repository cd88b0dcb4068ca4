import { z } from 'zod'
import { checkedSettings } from './checked-settings.ts'
import type { PrepareOptions } from './prepare.ts'
import { scalings } from './scale.ts'

const wholeWords = 'must be a whole number >= 1'
const whole = z.int(wholeWords).min(1, wholeWords)

const codesWords = 'must be a whole number of 2 to 4,194,304'
const codes = z
  .int(codesWords)
  .min(2, codesWords)
  .max(2 ** 22, codesWords)

const settings = z.strictObject({
  scaling: z
    .union([z.enum(scalings), z.record(z.string(), z.enum(scalings))], `must be one of ${scalings.join(', ')}`)
    .optional()
    .describe('how numbers become inputs: of all of them, or by field'),
  minCount: z
    .union([whole, z.record(z.string(), whole)], wholeWords)
    .optional()
    .describe('values met less often in training rows share the unknown code'),
  maxLength: whole.optional().describe('last values of a list that are kept'),
  vocabulary: z
    .record(z.string(), z.string())
    .optional()
    .describe('of a sequence: the categorical field whose values, and ids, it has'),
  maxValues: whole.optional().describe('most values one field may have'),
  codes: z
    .union([codes, z.record(z.string(), codes)], codesWords)
    .optional()
    .describe('codes that values hash into, so that no vocabulary is kept and new values have codes too'),
})

/**
 * `--set encoding.KEY=VALUE` as options of the encoding.
 * @throws InterplayError `option/unknown`, `option/invalid`
 */
export function encodingSettings(
  given: Record<string, unknown> = {},
): Pick<PrepareOptions, 'numericScaling' | 'minCount' | 'maxSequenceLength' | 'maxValues' | 'vocabulary' | 'codes'> {
  const parsed = checkedSettings('encoding', settings, given)
  const { scaling, minCount, maxLength, maxValues, vocabulary, codes } = parsed
  return { numericScaling: scaling, minCount, maxSequenceLength: maxLength, maxValues, vocabulary, codes }
}
