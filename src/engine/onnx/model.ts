import { InterplayError } from '../../errors/index.ts'
import { topologicalOrder } from '../gradient.ts'
import { Parameter } from '../parameter.ts'
import type { State } from '../state.ts'
import { input, inputOperator, type Tensor, type TensorType } from '../tensor.ts'
import { encodeModel, type OnnxModel } from './codec.ts'
import { exportGraph, modelOf, valueInputs } from './export.ts'

export interface ModelDefinition<Inputs extends Record<string, TensorType>> {
  name: string
  inputs: Inputs
  /**
   * Where the parameters' values are; they become initialisers under their paths, without the root's name unless
   * something else in the graph is called so.
   */
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
  const names = initializerNames(parametersOf(Object.values(outputs)), state, Object.keys({ ...inputs, ...outputs }))
  const graph = exportGraph({
    name,
    outputs,
    standard: true,
    reserved: [...Object.keys(inputs), ...names.values()],
    leaf: (tensor, writer) => {
      if (tensor instanceof Parameter)
        return writer.initializer(names.get(tensor) ?? state.nameOf(tensor), state.read(tensor))
      if (tensor.node.operator === inputOperator) {
        return writer.input(tensor.node.attributes.name!.value as string, tensor.dtype, tensor.shape)
      }
      throw new InterplayError('engine/export', `${tensor} is computed on the host; an inference graph cannot hold it`)
    },
  })
  return modelOf(graph, metadata)
}

/** The parameters that outputs depend on. */
function parametersOf(outputs: readonly Tensor[]): Parameter[] {
  const read = topologicalOrder(outputs, valueInputs).flatMap(node => [...valueInputs(node)])
  return [...new Set([...outputs, ...read])].filter(tensor => tensor instanceof Parameter)
}

/** Each parameter's path, without its root where nothing else has that name. */
function initializerNames(
  parameters: readonly Parameter[],
  state: State,
  taken: readonly string[],
): Map<Parameter, string> {
  const whole = new Map(parameters.map(parameter => [parameter, state.nameOf(parameter)]))
  const names = new Map([...whole].map(([parameter, name]) => [parameter, name.replace(/^[^.]*\./, '')]))
  for (;;) {
    const holders = new Map<string, number>()
    for (const name of [...taken, ...names.values()]) holders.set(name, (holders.get(name) ?? 0) + 1)
    const shared = [...names].filter(([parameter, name]) => holders.get(name)! > 1 && name !== whole.get(parameter))
    if (shared.length === 0) return names
    for (const [parameter] of shared) names.set(parameter, whole.get(parameter)!)
  }
}
