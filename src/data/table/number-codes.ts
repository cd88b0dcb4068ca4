import { calendarPart } from './encode-rows.ts'
import type { BucketEncoding, NumericEncoding, TimestampEncoding, Vocabulary } from './encoding.ts'
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
      return { ids: [idsOf(codesOf(raw, bucket), encoding, new Int32Array(raw.length))] }
    case 'timestamp': {
      const ids = encoding.parts.map(part => {
        const codes = codesOf(raw, value => calendarPart(value, part.part))
        return idsOf(codes, part, new Uint8Array(raw.length))
      })
      return { scaled: scaledOf(raw, encoding.scale), ids }
    }
  }
}

/** Codes, NaN where the value is missing. */
export function codesOf(raw: Float64Array, code: (value: number) => number): Float64Array {
  const codes = new Float64Array(raw.length)
  for (let i = 0; i < raw.length; i++) codes[i] = raw[i] === raw[i] ? code(raw[i]!) : NaN
  return codes
}

function scaledOf(raw: Float64Array, scale: Scale): Float32Array {
  const convert = scaler(scale)
  const scaled = new Float32Array(raw.length)
  for (let i = 0; i < raw.length; i++) if (raw[i] === raw[i]) scaled[i] = convert(raw[i]!)
  return scaled
}

function idsOf<Ids extends Uint8Array | Int32Array>(codes: Float64Array, values: Vocabulary, ids: Ids): Ids {
  const known = new Map(values.values.map((value, k) => [Number(value), k + 1]))
  for (let i = 0; i < codes.length; i++) ids[i] = known.get(codes[i]!) ?? values.unknown
  return ids
}
