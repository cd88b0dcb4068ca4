import { compile, namedTensors, State, type HostTensor } from '../engine/index.ts'
import { batchInputs, batchOf, Mode, stacked, trainable, type TableModel, type TableSpec } from '../nn/index.ts'
import { Random } from '../random/index.ts'

/** What a table model answers on some rows, with the weights it answered by. */
export interface Probe {
  /** [rows, outputs] */
  logits: Float32Array
  /** Named intermediates that were asked for. */
  captured: Record<string, HostTensor>
  /** A parameter's values, by path. */
  value(path: string): Float32Array
}

export interface ProbeOptions {
  /** Local ids [rows, categorical fields]. */
  ids: Int32Array
  seed?: number
  /** Standard deviation of all weights: larger than at initialisation, so that every term counts. Default 0.3. */
  deviation?: number
  capture?: readonly string[]
  /** Replaces weights before the model answers. */
  change?: (state: State) => void
}

/** Random local ids within the sizes of a spec's categorical fields, padding left out: [rows, fields]. */
export function randomIds(spec: TableSpec, rows: number, seed = 1): Int32Array {
  const random = new Random(seed, 'ids')
  return Int32Array.from({ length: rows * spec.fields.length }, (_, i) => {
    const { size } = spec.fields[i % spec.fields.length]!
    return 1 + random.integer(size - 1)
  })
}

/** A spec of categorical fields of these sizes and one binary target. */
export const categoricalSpec = (sizes: readonly number[]): TableSpec => ({
  fields: sizes.map((size, i) => ({ name: `field${i}`, type: 'categorical', size })),
  targets: [{ name: 'label', kind: 'binary', classes: ['0', '1'] }],
  rows: 0,
})

/** Asks a model of categorical fields, in evaluation, with weights drawn from the seed and the parameters' names. */
export async function probe(model: TableModel, spec: TableSpec, options: ProbeOptions): Promise<Probe> {
  const { ids, seed = 1, deviation = 0.3, capture = [], change } = options
  const state = new State({ model }, seed)
  for (const parameter of trainable(model)) {
    const random = new Random(seed, state.nameOf(parameter))
    state.write(
      parameter,
      Float32Array.from({ length: parameter.size }, () => deviation * random.normal()),
    )
  }
  change?.(state)
  const { starts } = stacked(spec.fields)
  const names = Object.fromEntries(capture.map(name => [name, name]))
  await using program = compile({
    inputs: batchInputs(spec),
    state,
    threads: 1,
    trace: leaves => {
      const logits = model.forward(batchOf(spec, leaves), Mode.evaluation())
      return { outputs: { logits, ...namedTensors(logits, names) } as Record<string, typeof logits> }
    },
  })
  const categorical = ids.map((id, i) => id + starts[i % starts.length]!)
  const { logits, ...captured } = await program.run({ categorical })
  return {
    logits: logits!.data as Float32Array,
    captured,
    value: path => Float32Array.from(state.read(`model.${path}`).data),
  }
}

/** Largest absolute difference of two lists of one length. */
export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0)
    : Number.POSITIVE_INFINITY
