import { encodeModel, type OnnxGraph, type OnnxNode } from '../onnx/codec.ts'

/** A node for a test's graph. */
export function node(
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: OnnxNode['attributes'] = {},
): OnnxNode {
  return { name: outputs[0]!, op, domain: '', inputs, outputs, attributes }
}

/** The bytes of a model around a test's graph. */
export function testModel(graph: Omit<OnnxGraph, 'name'>, { opset = 21, irVersion = 10 } = {}): Uint8Array {
  return encodeModel({
    irVersion,
    opset: { '': opset },
    producer: { name: 'interplay', version: '' },
    metadata: {},
    functions: [],
    graph: { name: 'test', ...graph },
  })
}
