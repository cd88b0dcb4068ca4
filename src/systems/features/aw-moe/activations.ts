import { compile, namedTensors } from '../../../engine/index.ts'
import { takeRows, type EncodedTable } from '../../../data/index.ts'
import { batchInputs, batchOf, Mode } from '../../../nn/index.ts'
import type { TrainedTable } from '../../../system/index.ts'
import { rowFeeds } from '../../../train/index.ts'
import type { AwMoe } from './model.ts'

/** What gate and experts did on some rows. */
export interface Activations {
  rows: number
  /** Places of a history. */
  length: number
  experts: number
  /** [rows] what the model answers: one of its logits. */
  logits: Float64Array
  /** [rows, experts] */
  gate: Float64Array
  /** [rows, experts] what each expert says of the row: the same one of its logits. */
  said: Float64Array
  /** [rows, length, experts] what each behaviour adds to the gate; none where the gate reads no behaviours. */
  contributions?: Float64Array
}

const chunk = 1024

const captured = { gate: 'gate', expertLogits: 'said', gateContributions: 'contributions' }

/** Gates, experts and what behaviours add to the gates, on every row; one expert alone has a gate of 1. */
export async function activationsOf(
  { model, spec, state }: TrainedTable<AwMoe>,
  table: EncodedTable,
  output = 0,
): Promise<Activations> {
  await using program = compile({
    inputs: batchInputs(spec),
    state,
    trace: leaves => {
      const logits = model.forward(batchOf(spec, leaves), Mode.evaluation())
      const { said, ...rest } = namedTensors(logits, captured)
      const own = said!.slice(2, output, output + 1).squeeze(2)
      return { outputs: { logits: logits.slice(1, output, output + 1), said: own, ...rest } }
    },
  })
  const parts: Record<string, number[]> = {}
  for (let start = 0; start < table.rows; start += chunk) {
    const answers = await program.run(rowFeeds(spec, table, start, Math.min(start + chunk, table.rows)))
    for (const [name, { data }] of Object.entries(answers)) {
      const part = (parts[name] ??= [])
      for (const value of data as Float32Array) part.push(value)
    }
  }
  const found = (name: string) => parts[name] && Float64Array.from(parts[name])
  return {
    rows: table.rows,
    length: model.parts.history[0]!.length!,
    experts: model.experts.length,
    logits: found('logits')!,
    gate: found('gate') ?? new Float64Array(table.rows).fill(1),
    said: found('said')!,
    contributions: found('contributions'),
  }
}

/** Behaviours of each row. */
export function historyLengths({ parts }: AwMoe, table: EncodedTable): Int32Array {
  const { ids, length } = table.sequences.find(({ field }) => field === parts.history[0]!.name)!
  return Int32Array.from({ length: table.rows }, (_, row) =>
    ids.subarray(row * length, (row + 1) * length).reduce((count, id) => count + Number(id > 0), 0),
  )
}

/** The rows with some behaviours taken away: `kept` says of each place of each row whether it stays. */
export function withBehaviours(
  { parts }: AwMoe,
  table: EncodedTable,
  kept: (row: number, place: number) => boolean,
): EncodedTable {
  const names = parts.history.map(({ name }) => name)
  const sequences = table.sequences.map(({ field, length, ids }) => ({
    field,
    length,
    ids: names.includes(field) ? ids.map((id, i) => (kept(Math.floor(i / length), i % length) ? id : 0)) : ids,
  }))
  return { ...table, sequences }
}

/** One row, and after it that row without each of its first `behaviours` places in turn. */
export const withoutEach = (model: AwMoe, row: EncodedTable, behaviours: number): EncodedTable =>
  withBehaviours(model, takeRows(row, new Int32Array(behaviours + 1)), (copy, place) => copy !== place + 1)
