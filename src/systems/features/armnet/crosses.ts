import { compile, grad, namedTensors } from '../../../engine/index.ts'
import type { EncodedTable } from '../../../data/index.ts'
import { batchInputs, batchOf, Mode } from '../../../nn/index.ts'
import type { TrainedTable } from '../../../system/index.ts'
import { rowFeeds } from '../../../train/index.ts'
import type { ArmNet } from './model.ts'

/** What the neurons of some rows did, heads one after another. */
export interface Relations {
  /** Fields in the order of the weights' last axis. */
  fields: readonly string[]
  rows: number
  crosses: number
  /** [rows, crosses, fields] powers each neuron raises each field to; 0 where its gate is closed. */
  weights: Float32Array
  /** [rows, crosses] gradient of the logit by the neuron, times the neuron, summed over its positions. */
  contributions: Float32Array
}

/** A set of fields that one neuron multiplied. */
export interface Cross {
  fields: readonly string[]
  /** Powers, in the order of the fields: of one row, or the mean size over rows. */
  powers: readonly number[]
  /** Of all (row, neuron) pairs; of one row, the neuron's share of all contributions. */
  share: number
}

const chunk = 1024

/** Weights of every neuron on every row, and what they contribute to one of the model's outputs. */
export async function relationsOf(
  { model, spec, state }: TrainedTable<ArmNet>,
  table: EncodedTable,
  output = 0,
): Promise<Relations> {
  const program = compile({
    inputs: batchInputs(spec),
    state,
    trace: leaves => {
      const logits = model.forward(batchOf(spec, leaves), Mode.evaluation())
      const { weights, neurons } = namedTensors(logits, { weights: 'weights', neurons: 'neurons' })
      const [gradient] = grad(logits.slice(1, output, output + 1).sum(), [neurons!])
      return { outputs: { weights: weights!, contributions: gradient!.mul(neurons!).sum(2) } }
    },
  })
  const fields = model.embedding.names
  const { rows } = table
  const parts: { weights: Float32Array; contributions: Float32Array }[] = []
  try {
    for (let start = 0; start < rows; start += chunk) {
      const { weights, contributions } = await program.run(rowFeeds(spec, table, start, Math.min(start + chunk, rows)))
      parts.push({ weights: weights!.data as Float32Array, contributions: contributions!.data as Float32Array })
    }
  } finally {
    await program.close()
  }
  const joined = (name: 'weights' | 'contributions') => {
    const result = new Float32Array(parts.reduce((sum, part) => sum + part[name].length, 0))
    let at = 0
    for (const part of parts) {
      result.set(part[name], at)
      at += part[name].length
    }
    return result
  }
  const contributions = joined('contributions')
  return { fields, rows, crosses: contributions.length / rows, weights: joined('weights'), contributions }
}

/** Mean |power| of each field over rows and neurons, as shares of 1 (paper section 3.5), largest first. */
export function fieldShares({ fields, weights }: Relations): { field: string; share: number }[] {
  const sums = new Float64Array(fields.length)
  for (let i = 0; i < weights.length; i++) sums[i % fields.length]! += Math.abs(weights[i]!)
  const total = sums.reduce((sum, value) => sum + value, 0)
  return fields.map((field, j) => ({ field, share: sums[j]! / total })).sort((a, b) => b.share - a.share)
}

/** Fields a neuron takes in, on average. */
export function supportSize({ fields, weights }: Relations): number {
  let open = 0
  for (const weight of weights) if (weight !== 0) open++
  return (open * fields.length) / weights.length
}

/** The sets of fields that neurons multiplied most often, with the mean sizes of their powers. */
export function frequentCrosses(relations: Relations, most = 20): Cross[] {
  const { fields, weights } = relations
  const found = new Map<string, { members: number[]; count: number; sums: Float64Array }>()
  const neurons = weights.length / fields.length
  for (let n = 0; n < neurons; n++) {
    const own = weights.subarray(n * fields.length, (n + 1) * fields.length)
    const members = [...own.keys()].filter(j => own[j] !== 0)
    const key = members.join()
    const entry = found.get(key) ?? { members, count: 0, sums: new Float64Array(members.length) }
    found.set(key, entry)
    entry.count++
    for (const [i, j] of members.entries()) entry.sums[i]! += Math.abs(own[j]!)
  }
  return [...found.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, most)
    .map(({ members, count, sums }) => ({
      fields: members.map(j => fields[j]!),
      powers: Array.from(sums, sum => sum / count),
      share: count / neurons,
    }))
}

/** The crosses of one row, the one that moved its logit most first: |gradient * activation|. */
export function rowCrosses({ fields, crosses, weights, contributions }: Relations, row: number): Cross[] {
  const own = contributions.subarray(row * crosses, (row + 1) * crosses)
  const total = own.reduce((sum, value) => sum + Math.abs(value), 0) || 1
  return Array.from(own, (contribution, n): Cross => {
    const start = (row * crosses + n) * fields.length
    const powers = weights.subarray(start, start + fields.length)
    const members = [...powers.keys()]
      .filter(j => powers[j] !== 0)
      .sort((a, b) => Math.abs(powers[b]!) - Math.abs(powers[a]!))
    return {
      fields: members.map(j => fields[j]!),
      powers: members.map(j => powers[j]!),
      share: Math.abs(contribution) / total,
    }
  }).sort((a, b) => b.share - a.share)
}

/** How often, and how strongly, a pair of fields stands in one cross: mean over neurons of |power * power|. */
export function pairWeight({ fields, weights }: Relations, [first, second]: readonly [string, string]): number {
  const a = fields.indexOf(first)
  const b = fields.indexOf(second)
  let sum = 0
  for (let start = 0; start < weights.length; start += fields.length)
    sum += Math.abs(weights[start + a]! * weights[start + b]!)
  return (sum * fields.length) / weights.length
}
