import { randomBytes } from 'node:crypto'

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID: 48 bits of milliseconds and 80 random bits in Crockford's base 32, so that names sort by time. */
export function ulid(milliseconds = Date.now()): string {
  let text = ''
  for (let rest = milliseconds, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) text = digits[rest % 32] + text
  for (const byte of randomBytes(16)) text += digits[byte & 31]
  return text
}
