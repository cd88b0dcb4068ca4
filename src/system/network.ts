import type { HostTensor, State, Tensor, TensorType } from '../engine/index.ts'

/** A trained network that is looked into: how its graph is built from inputs, and its values. */
export interface Network {
  readonly name: string
  readonly inputs: Readonly<Record<string, TensorType>>
  readonly state: State
  /** Builds the graph; what it names on the way (`tensor.named('block.0')`) can be read or replaced under that name. */
  trace(inputs: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>
}

/** What a network is run on while it is looked into: its inputs, the first axis being the example. */
export interface NetworkData {
  inputs: Readonly<Record<string, HostTensor>>
  labels?: Int32Array
}
