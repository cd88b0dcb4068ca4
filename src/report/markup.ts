/** Markup that needs no escaping. Only `markup` and `raw` make it. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, letter => entities[letter]!)

/** Markup written by this package itself: style sheets, drawings. Never anything a user's data can reach unescaped. */
export const raw = (text: string) => new Markup(text)

/** A template whose values are escaped unless they are `Markup`; lists are joined, null and false leave nothing. */
export function markup(strings: TemplateStringsArray, ...values: Content[]): Markup {
  let text = unindented(strings[0]!)
  for (const [i, value] of values.entries()) text += write(value) + unindented(strings[i + 1]!)
  return new Markup(text)
}

/** The indentation of our source is no part of the page. */
const unindented = (text: string) => text.replace(/\n\s*/g, '\n')

function write(value: Content): string {
  if (value == null || value === false) return ''
  if (value instanceof Markup) return value.text
  return typeof value === 'object' ? value.map(write).join('') : escapeHtml(String(value))
}
