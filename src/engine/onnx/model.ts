import { InterplayError } from '../../errors/index.ts'
import { Parameter } from '../parameter.ts'
import type { State } from '../state.ts'
import { input, inputOperator, type Tensor, type TensorType } from '../tensor.ts'
import { encodeModel, type OnnxModel } from './codec.ts'
import { exportGraph, modelOf } from './export.ts'

export interface ModelDefinition<Inputs extends Record<string, TensorType>> {
  name: string
  inputs: Inputs
  /** Where the parameters' values are; they become initialisers under their paths, without the root's name. */
  state: State
  trace(inputs: { [Name in keyof Inputs]: Tensor }): Readonly<Record<string, Tensor>>
  metadata?: Record<string, string>
}

/** An inference graph with its weights as an ONNX file of the standard domains, which any ONNX runtime can run. */
export function exportOnnx<Inputs extends Record<string, TensorType>>(definition: ModelDefinition<Inputs>): Uint8Array {
  return encodeModel(onnxModel(definition))
}

/** The same as plain values. */
export function onnxModel<Inputs extends Record<string, TensorType>>({
  name,
  inputs,
  state,
  trace,
  metadata,
}: ModelDefinition<Inputs>): OnnxModel {
  const leaves = Object.fromEntries(Object.entries(inputs).map(([key, type]) => [key, input(key, type)]))
  const outputs = trace(leaves as { [Name in keyof Inputs]: Tensor })
  const graph = exportGraph({
    name,
    outputs,
    standard: true,
    reserved: [...Object.keys(inputs), ...[...state.entries()].map(([path]) => pathOf(path))],
    leaf: (tensor, writer) => {
      if (tensor instanceof Parameter) {
        return writer.initializer(pathOf(state.nameOf(tensor)), state.read(tensor))
      }
      if (tensor.node.operator === inputOperator) {
        return writer.input(tensor.node.attributes.name!.value as string, tensor.dtype, tensor.shape)
      }
      throw new InterplayError('engine/export', `${tensor} is computed on the host; an inference graph cannot hold it`)
    },
  })
  return modelOf(graph, metadata)
}

/** A parameter's name without its root's. */
const pathOf = (name: string): string => name.replace(/^[^.]*\./, '')
