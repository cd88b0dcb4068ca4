import { z } from 'zod'
import { InterplayError, suggest } from '../../../errors/index.ts'
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
  const keys = Object.keys(options.shape)
  const unknown = Object.keys(given).find(key => !keys.includes(key))
  if (unknown !== undefined) {
    const near = suggest(unknown, keys)
    throw new InterplayError('option/unknown', `reader has no option '${unknown}'`, {
      where: `--set reader.${unknown}`,
      why: near.length > 0 ? `nearest: ${near.join(', ')}` : `options: ${keys.join(', ')}`,
    })
  }
  const parsed = options.safeParse(given)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  const name = `reader.${String(path[0])}`
  const value = (given as Record<PropertyKey, unknown>)[path[0]!]
  throw new InterplayError('option/invalid', `${name} ${message}, got ${JSON.stringify(value)}`, {
    where: `--set ${name}`,
  })
}
