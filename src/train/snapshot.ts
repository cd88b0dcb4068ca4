import type { State } from '../engine/index.ts'

/** A copy of the parameters and buffers under `model.`, optimizer state left out. */
export function snapshotOf(state: State): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>()
  for (const [name, tensor] of state.entries()) {
    if (name.startsWith('model.')) values.set(name, Float32Array.from(tensor.data))
  }
  return values
}

export function restore(state: State, values: ReadonlyMap<string, Float32Array>): void {
  for (const [name, data] of values) state.write(name, data)
}
