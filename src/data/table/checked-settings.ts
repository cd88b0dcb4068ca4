import type { z } from 'zod'
import { InterplayError, suggest } from '../../errors/index.ts'

/**
 * Settings of one part (`--set PART.KEY=VALUE`) as its schema has them.
 * @throws InterplayError `option/unknown`, `option/invalid`
 */
export function checkedSettings<Schema extends z.ZodObject>(
  part: string,
  schema: Schema,
  given: object,
): z.infer<Schema> {
  const keys = Object.keys(schema.shape)
  const unknown = Object.keys(given).find(key => !keys.includes(key))
  if (unknown !== undefined) {
    const near = suggest(unknown, keys)
    throw new InterplayError('option/unknown', `${part} has no option '${unknown}'`, {
      where: `--set ${part}.${unknown}`,
      why: near.length > 0 ? `nearest: ${near.join(', ')}` : `options: ${keys.join(', ')}`,
    })
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  const value = path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown>)?.[key], given)
  const name = [part, ...path].map(String).join('.')
  throw new InterplayError('option/invalid', `${name} ${message}, got ${JSON.stringify(value)}`, {
    where: `--set ${name}`,
  })
}
