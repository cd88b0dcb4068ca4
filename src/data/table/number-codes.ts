import { calendarPart } from './encode-rows.ts'
import type { BucketEncoding, CalendarPart, NumericEncoding, TimestampEncoding, Vocabulary } from './encoding.ts'
import { bucket, scaler, type Scale } from './scale.ts'

export type NumberEncoding = NumericEncoding | BucketEncoding | TimestampEncoding

/** An encoded column of numbers: scaled values (not for buckets), and local ids of the bucket or each calendar part. */
export interface NumberCodes {
  scaled?: Float32Array
  ids: (Uint8Array | Int32Array)[]
}

/** Encodes raw numbers, seconds for moments; NaN is a missing value. */
export function encodeNumbers(encoding: NumberEncoding, raw: Float64Array): NumberCodes {
  switch (encoding.type) {
    case 'numeric':
      return { scaled: scaledOf(raw, encoding.scale), ids: [] }
    case 'bucket':
      return { ids: [bucketIds(bucketCodes(raw), encoding)] }
    case 'timestamp':
      return {
        scaled: scaledOf(raw, encoding.scale),
        ids: encoding.parts.map(part => calendarIds(calendarCodes(raw, part.part), part)),
      }
  }
}

/** Bucket of each number, NaN where it is missing. */
export function bucketCodes(raw: Float64Array): Float64Array {
  const codes = new Float64Array(raw.length)
  for (let i = 0; i < raw.length; i++) codes[i] = raw[i] === raw[i] ? bucket(raw[i]!) : NaN
  return codes
}

/** Of a missing moment; every calendar part is smaller. */
export const noCode = 255

/** Calendar part of each moment. Rows near each other mostly fall on one day, so its month is worked out once. */
export function calendarCodes(raw: Float64Array, part: CalendarPart): Uint8Array {
  const codes = new Uint8Array(raw.length)
  const unit = part === 'hour' ? 3600 : 86_400
  let last = NaN
  let code = noCode
  for (let i = 0; i < raw.length; i++) {
    const value = raw[i]!
    const at = Math.floor(value / unit)
    if (at !== last) {
      code = Number.isFinite(value) ? calendarPart(value, part) : noCode
      last = at
    }
    codes[i] = code
  }
  return codes
}

function scaledOf(raw: Float64Array, scale: Scale): Float32Array {
  const convert = scaler(scale)
  const scaled = new Float32Array(raw.length)
  for (let i = 0; i < raw.length; i++) if (raw[i] === raw[i]) scaled[i] = convert(raw[i]!)
  return scaled
}

function calendarIds(codes: Uint8Array, { values, unknown }: Vocabulary): Uint8Array {
  const known = new Uint8Array(256).fill(unknown)
  values.forEach((value, k) => (known[Number(value)] = k + 1))
  for (let i = 0; i < codes.length; i++) codes[i] = known[codes[i]!]!
  return codes
}

function bucketIds(codes: Float64Array, { values, unknown }: Vocabulary): Int32Array {
  const known = new Map(values.map((value, k) => [Number(value), k + 1]))
  const ids = new Int32Array(codes.length)
  for (let i = 0; i < codes.length; i++) ids[i] = known.get(codes[i]!) ?? unknown
  return ids
}
