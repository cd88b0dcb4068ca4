import type { Splits } from '../data/index.ts'
import type { HostTensor, ImportedModel, State, Tensor, TensorType } from '../engine/index.ts'

/** A trained network that is looked into: how its graph is built from inputs, and its values. */
export interface Network {
  readonly name: string
  readonly inputs: Readonly<Record<string, TensorType>>
  readonly state: State
  /** Builds the graph; what it names on the way (`tensor.named('block.0')`) can be read or replaced under that name. */
  trace(inputs: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>
  /** Where it falls into sections of itself, from input to output: names of intermediates; `a+b` is a cut through two. */
  readonly layers?: readonly string[]
  /** The name under which the trace knows what a person names; absent where those are the same. */
  resolve?(name: string): string
}

/** A model read from an ONNX file, to be looked into. */
export const importedNetwork = (model: ImportedModel): Network => ({
  name: model.file,
  inputs: model.inputs,
  state: model.state,
  trace: inputs => model.forward(inputs),
  resolve: name => model.resolve(name),
})

/** What a network is run on while it is looked into: its inputs, the first axis being the example. */
export interface NetworkData {
  inputs: Readonly<Record<string, HostTensor>>
  /** The right answer of each example, or of each of its positions, row-major. */
  labels?: Int32Array
  /** Examples that a method may learn from, and those that judge it; all are both where left out. */
  splits?: Splits
}
