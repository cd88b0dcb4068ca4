import { z } from 'zod'
import { checkedSettings } from '../checked-settings.ts'
import { formats, type ReaderOptions } from './source.ts'

const text = z.string('must be text').min(1, 'must be text').optional()
const truth = z.boolean('must be true or false').optional()
const delimiterWords = 'must be one character'

const options = z.strictObject({
  delimiter: z
    .string(delimiterWords)
    .transform(given => (given === '\\t' ? '\t' : given))
    .refine(given => [...given].length === 1, delimiterWords)
    .optional(),
  encoding: text,
  skipBad: truth,
  header: truth,
  names: z.array(z.string('must be a list of names'), 'must be a list of names').optional(),
  format: z.enum(formats, `must be one of ${formats.join(', ')}`).optional(),
  table: text,
  query: text,
  database: text,
} satisfies Record<keyof ReaderOptions, z.ZodType>)

/**
 * Options of a reader as they were given, checked; `\t` is a tab.
 * @throws InterplayError `option/unknown`, `option/invalid`
 */
export function readerOptions(given: object = {}): ReaderOptions {
  return checkedSettings('reader', options, given)
}
