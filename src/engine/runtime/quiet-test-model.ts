import { encodeModel } from '../onnx/codec.ts'
import { withQuietOutput } from './quiet.ts'

/** The bytes of y = x + x on three numbers: what quiet runs prove themselves on. */
export const quietTestModel = (): Uint8Array =>
  encodeModel({
    irVersion: 10,
    opset: { '': 21 },
    producer: { name: 'interplay', version: '' },
    metadata: {},
    functions: [],
    graph: withQuietOutput({
      name: 'double',
      nodes: [{ name: 'y', op: 'Add', domain: '', inputs: ['x', 'x'], outputs: ['y'], attributes: {} }],
      initializers: [],
      inputs: [{ name: 'x', dtype: 'float32', shape: [3] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [3] }],
    }),
  })
