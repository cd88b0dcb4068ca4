import { InterplayError } from '../../errors/index.ts'
import type { Side } from '../trees/index.ts'

/** A column as rules speak of it: numbers in their own unit, or words. */
export interface RuleColumn {
  name: string
  kind: 'numeric' | 'categorical'
  cells: Float64Array
  /** The word of a code. */
  word?(code: number): string
}

/** What a rule asks of one column. */
export type Condition =
  { field: string; above?: number; atMost?: number } | { field: string; is?: string; noneOf?: readonly string[] }

export const conditionOf = ({ name, word }: RuleColumn, side: Side): Condition =>
  side.kind === 'number'
    ? { field: name, ...(side.above && { above: side.above.cut }), ...(side.atMost && { atMost: side.atMost.cut }) }
    : side.is !== undefined
      ? { field: name, is: word!(side.is) }
      : { field: name, noneOf: side.not.map(code => word!(code)) }

/** Whether a row of a column fulfils it. */
export function holds(condition: Condition, column: RuleColumn, row: number): boolean {
  const cell = column.cells[row]!
  if ('is' in condition) return column.word!(cell) === condition.is
  if ('noneOf' in condition) return !condition.noneOf!.includes(column.word!(cell))
  const { above = -Infinity, atMost = Infinity } = condition as { above?: number; atMost?: number }
  return cell > above && cell <= atMost
}

/** `2 < Speed <= 140 and Phase is none of Climb, Descent → yes`; `always → no` where nothing is asked. */
export const ruleText = (conditions: readonly Condition[], answer: string): string =>
  `${conditions.length === 0 ? 'always' : conditions.map(conditionText).join(' and ')} → ${answer}`

export function conditionText(condition: Condition): string {
  const name = quoted(condition.field)
  if ('is' in condition) return `${name} is ${quoted(condition.is!)}`
  if ('noneOf' in condition) {
    const words = condition.noneOf!.map(quoted)
    return words.length === 1 ? `${name} is not ${words[0]}` : `${name} is none of ${words.join(', ')}`
  }
  const { above, atMost } = condition as { above?: number; atMost?: number }
  if (above === undefined) return `${name} <= ${atMost}`
  return atMost === undefined ? `${name} > ${above}` : `${above} < ${name} <= ${atMost}`
}

const clear = /^(?!always$|not |none of )[^\s"<>,→](?:(?! (?:and|is) )[^"<>,→])*$/

/** As it is where nothing in it could be taken for the words of a rule. */
const quoted = (word: string): string => (clear.test(word) && !/\s$/.test(word) ? word : JSON.stringify(word))

const wordPattern = String.raw`"(?:[^"\\]|\\.)*"|[^"<>,]+?`
const numberPattern = String.raw`-?(?:\d+\.?\d*(?:e[+-]?\d+)?|Infinity)`
const patterns = {
  between: new RegExp(`^(${numberPattern}) < (${wordPattern}) <= (${numberPattern})$`, 'i'),
  oneEnd: new RegExp(`^(${wordPattern}) (<=|>) (${numberPattern})$`, 'i'),
  values: new RegExp(`^(${wordPattern}) (is none of|is not|is) (.+)$`),
}

/**
 * Reads a rule that `ruleText` wrote.
 *
 * @throws InterplayError `rule/unclear` for what is none
 */
export function parseRule(text: string): { conditions: Condition[]; answer: string } {
  const arrow = text.lastIndexOf(' → ')
  if (arrow < 0) throw unclear(text, "it has no '→'")
  const [asked, answer] = [text.slice(0, arrow), text.slice(arrow + 3)]
  return { conditions: asked === 'always' ? [] : parts(asked, ' and ').map(parseCondition), answer }
}

function parseCondition(text: string): Condition {
  const between = patterns.between.exec(text)
  if (between) return { field: plain(between[2]!), above: Number(between[1]), atMost: Number(between[3]) }
  const end = patterns.oneEnd.exec(text)
  if (end) {
    const field = plain(end[1]!)
    return end[2] === '>' ? { field, above: Number(end[3]) } : { field, atMost: Number(end[3]) }
  }
  const values = patterns.values.exec(text)
  if (!values) throw unclear(text, 'it names no field with a number or a value')
  const [, name, verb, words] = values as unknown as [string, string, string, string]
  if (verb === 'is') return { field: plain(name), is: plain(words) }
  return { field: plain(name), noneOf: verb === 'is not' ? [plain(words)] : parts(words, ', ').map(plain) }
}

const plain = (word: string): string => (word.startsWith('"') ? (JSON.parse(word) as string) : word)

/** Cuts at a separator outside quotes. */
function parts(text: string, separator: string): string[] {
  const found: string[] = []
  let [start, inside] = [0, false]
  for (let i = 0; i < text.length; i++) {
    if (inside && text[i] === '\\') i++
    else if (text[i] === '"') inside = !inside
    else if (!inside && text.startsWith(separator, i)) {
      found.push(text.slice(start, i))
      start = i + separator.length
      i = start - 1
    }
  }
  return [...found, text.slice(start)]
}

const unclear = (text: string, why: string): InterplayError =>
  new InterplayError('rule/unclear', `'${text}' is not a rule`, { why })
