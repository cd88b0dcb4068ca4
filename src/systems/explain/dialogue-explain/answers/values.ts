import { formatValue } from '../../../../charts/index.ts'
import type { VocabularyField } from '../vocabulary.ts'

type Timed = Pick<VocabularyField, 'time'>

const day = 86_400

/** A number of a field as its table has it: a time, in seconds since 1970, as the date or the minute it is. */
export function valueWords({ time }: Timed, value: number | undefined): string {
  if (time === undefined || value === undefined || !Number.isFinite(value)) return formatValue(value)
  const unit = time === 'date' ? day : 60
  const text = new Date(Math.round(value / unit) * unit * 1000).toISOString()
  return time === 'date' ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ')
}

/** How long numbers of a field are apart, where they are times: in days. */
export const apartWords = (value: number): string => `${formatValue(value / day)} days`
