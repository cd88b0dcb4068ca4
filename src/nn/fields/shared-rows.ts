import { bucketOf, sipHash } from '../../random/index.ts'
import type { EmbeddingPlan, FieldSpec } from './spec.ts'

/** Rows found by a hash alone. */
export interface HashedPlan extends EmbeddingPlan {
  kind: 'unified' | 'hashed'
}

const encoder = new TextEncoder()

/** The key of a field's hash: its name's own hash, and the chunk. */
export function hashKey(field: string, chunk: number): Uint8Array {
  const key = new Uint8Array(16)
  const view = new DataView(key.buffer)
  const [high, low] = sipHash(key, encoder.encode(field))
  view.setUint32(0, low, true)
  view.setUint32(4, high, true)
  view.setUint32(8, chunk, true)
  return key
}

/**
 * Rows of a shared table, [values, chunks] row-major, for the values of categorical fields laid one under the other: each
 * field and chunk hashes under a key of its own. `unified` hashes all fields into one range (Coleman et al. 2023, feature
 * multiplexing); `hashed` gives each field an equal range of its own.
 */
export function sharedRows(fields: readonly FieldSpec[], { kind, rows, chunks }: HashedPlan): Int32Array {
  const values = fields.reduce((sum, { size }) => sum + size, 0)
  const places = new Int32Array(values * chunks)
  let value = 0
  for (const [f, { name, size }] of fields.entries()) {
    const from = kind === 'unified' ? 0 : Math.floor((f * rows) / fields.length)
    const buckets = kind === 'unified' ? rows : Math.floor(((f + 1) * rows) / fields.length) - from
    const keys = Array.from({ length: chunks }, (_, chunk) => hashKey(name, chunk))
    const id = new Uint8Array(4)
    const view = new DataView(id.buffer)
    for (let local = 0; local < size; local++, value++) {
      view.setUint32(0, local, true)
      keys.forEach((key, chunk) => (places[value * chunks + chunk] = from + bucketOf(sipHash(key, id), buckets)))
    }
  }
  return places
}

/** Pairs of values of one field, and of two fields, that share all their rows. */
export function collisions(fields: readonly FieldSpec[], plan: HashedPlan): { within: number; between: number } {
  const places = sharedRows(fields, plan)
  const { chunks } = plan
  const all = new Map<string, number>()
  let within = 0
  let total = 0
  let value = 0
  for (const { size } of fields) {
    const own = new Map<string, number>()
    for (let local = 0; local < size; local++, value++) {
      const key = places.subarray(value * chunks, (value + 1) * chunks).join()
      within += own.get(key) ?? 0
      total += all.get(key) ?? 0
      own.set(key, (own.get(key) ?? 0) + 1)
      all.set(key, (all.get(key) ?? 0) + 1)
    }
  }
  return { within, between: total - within }
}
