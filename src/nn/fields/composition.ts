import { InterplayError } from '../../errors/index.ts'
import { bucketOf, sipHash } from '../../random/index.ts'
import { hashKey, sharedRows } from './shared-rows.ts'
import type { EmbeddingPlan, FieldSpec } from './spec.ts'

/** How the vectors of values are made of a table whose rows they share. */
export interface Composition {
  rows: number
  width: number
  /** Rows of each value, [values, parts] row-major, values of all fields one under the other. */
  places: Int32Array
  parts: number
  join: 'concat' | 'product' | 'sum'
  /** Rows that start at 1 instead of near 0. */
  ones?: readonly number[]
}

/**
 * The table of a plan and the rows of each value.
 * @throws InterplayError `option/conflict` where chunks do not divide the width
 */
export function compositionOf(fields: readonly FieldSpec[], plan: EmbeddingPlan, dimension: number): Composition {
  switch (plan.kind) {
    case 'quotient-remainder':
      return quotientRemainder(fields, plan.rows, dimension)
    case 'multi-hash': {
      const places = sharedRows(fields, { ...plan, kind: 'hashed' })
      return { rows: plan.rows, width: dimension, places, parts: plan.chunks, join: 'sum' }
    }
    case 'robe':
      return robe(fields, fitting(plan, dimension), dimension)
    case 'unified':
    case 'hashed': {
      const { chunks } = fitting(plan, dimension)
      const places = sharedRows(fields, { kind: plan.kind, rows: plan.rows, chunks })
      return { rows: plan.rows, width: dimension / chunks, places, parts: chunks, join: 'concat' }
    }
  }
}

/** The plan for vectors of this width: one number a value, as a linear part has it, is one chunk. */
function fitting(plan: EmbeddingPlan, dimension: number): EmbeddingPlan {
  if (dimension < plan.chunks) return { ...plan, chunks: 1 }
  if (dimension % plan.chunks === 0) return plan
  const fits = Array.from({ length: plan.chunks }, (_, i) => i + 1).filter(chunks => dimension % chunks === 0)
  throw new InterplayError(
    'option/conflict',
    `${plan.chunks} chunks do not divide an embedding of width ${dimension}`,
    {
      where: `--set embedding.chunks=${plan.chunks}`,
      try: `--set embedding.chunks=${fits.at(-1)}`,
    },
  )
}

/**
 * The product of a row for the quotient of a value's id and one for its remainder, in tables of each field (Shi et al. 2020):
 * every value has a vector of its own. A field takes its part of the rows, or the fewest it can, about 2 sqrt(values).
 */
function quotientRemainder(fields: readonly FieldSpec[], rows: number, dimension: number): Composition {
  const values = fields.reduce((sum, { size }) => sum + size, 0)
  const places: number[] = []
  const ones: number[] = []
  let next = 0
  for (const { size } of fields) {
    const remainders = remaindersFor(size, Math.floor((rows * size) / values))
    const quotients = Math.ceil(size / remainders)
    for (let id = 0; id < size; id++)
      places.push(next + Math.floor(id / remainders), next + quotients + (id % remainders))
    for (let q = 0; q < quotients; q++) ones.push(next + q)
    next += quotients + remainders
  }
  return { rows: next, width: dimension, places: Int32Array.from(places), parts: 2, join: 'product', ones }
}

/** The most remainders that leave room for their quotients; as many as quotients where there is none. */
function remaindersFor(size: number, rows: number): number {
  for (let remainders = Math.min(size, rows); remainders >= 1; remainders--)
    if (remainders + Math.ceil(size / remainders) <= rows) return remainders
  return Math.ceil(Math.sqrt(size))
}

/**
 * Blocks of a circular array that start anywhere in it (Desai et al. 2022, ROBE-Z): of each value `chunks` blocks of
 * Z = width / chunks numbers, one after another.
 */
function robe(fields: readonly FieldSpec[], { rows, chunks }: EmbeddingPlan, dimension: number): Composition {
  const block = dimension / chunks
  const numbers = rows * block
  const values = fields.reduce((sum, { size }) => sum + size, 0)
  const places = new Int32Array(values * dimension)
  const id = new Uint8Array(4)
  const view = new DataView(id.buffer)
  let at = 0
  for (const { name, size } of fields) {
    const keys = Array.from({ length: chunks }, (_, chunk) => hashKey(name, chunk))
    for (let local = 0; local < size; local++) {
      view.setUint32(0, local, true)
      for (const key of keys) {
        const start = bucketOf(sipHash(key, id), numbers)
        for (let k = 0; k < block; k++) places[at++] = (start + k) % numbers
      }
    }
  }
  return { rows: numbers, width: 1, places, parts: dimension, join: 'concat' }
}
