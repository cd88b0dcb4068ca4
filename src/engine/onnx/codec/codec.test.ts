import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf'
import { ModelProtoSchema, TensorProto_DataType as DataType, type TensorProtoSchema } from 'onnx-buf'
import { describe, expect, it } from 'vitest'
import { decodeModel, encodeModel, type OnnxGraph, type OnnxModel, type OnnxTensor } from '../codec.ts'

const graph = (fields: Partial<OnnxGraph> = {}): OnnxGraph => ({
  name: 'graph',
  nodes: [],
  initializers: [],
  inputs: [],
  outputs: [],
  ...fields,
})

const model = (fields: Partial<OnnxGraph> = {}): OnnxModel => ({
  irVersion: 10,
  opset: { '': 21 },
  producer: { name: 'interplay', version: '1' },
  metadata: {},
  functions: [],
  graph: graph(fields),
})

/** Bytes of a model whose one initialiser is written by the schema, not by our encoder. */
const withTensor = (tensor: MessageInitShape<typeof TensorProtoSchema>): Uint8Array =>
  toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 10n, graph: { initializer: [tensor] } }))

const decodedTensor = (tensor: MessageInitShape<typeof TensorProtoSchema>): OnnxTensor =>
  decodeModel(withTensor(tensor)).graph.initializers[0]!

describe('a model', () => {
  const body = graph({ name: 'body', nodes: [], outputs: [{ name: 'z' }] })
  const full: OnnxModel = {
    ...model({
      nodes: [
        {
          name: 'n',
          op: 'Everything',
          domain: 'com.microsoft',
          inputs: ['x', '', 'w'],
          outputs: ['y'],
          attributes: {
            alpha: { type: 'float', value: 1 },
            axis: { type: 'int', value: -1 },
            mode: { type: 'string', value: 'linéaire' },
            value: { type: 'tensor', value: { name: '', dtype: 'int64', dims: [], data: BigInt64Array.of(7n) } },
            body: { type: 'graph', value: body },
            scales: { type: 'floats', value: [0.5, -2] },
            axes: { type: 'ints', value: [0, Number.MAX_SAFE_INTEGER] },
            names: { type: 'strings', value: ['a', ''] },
            none: { type: 'ints', value: [] },
          },
        },
      ],
      initializers: [
        { name: 'w', dtype: 'float32', dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
        { name: 'long', dtype: 'float64', dims: [3000], data: new Float64Array(3000).fill(0.1) },
        { name: 'words', dtype: 'string', dims: [2], data: ['één', ''] },
        { name: 'empty', dtype: 'int32', dims: [0, 4], data: new Int32Array(0) },
      ],
      inputs: [
        { name: 'x', dtype: 'float32', shape: ['batch', 10, ''] },
        { name: 'any', dtype: 'bool' },
      ],
      outputs: [
        { name: 'y', dtype: 'int64', shape: [] },
        { name: 'list', dtype: 'float32', shape: [2], container: 'sequence' },
      ],
    }),
    opset: { '': 21, 'com.microsoft': 1 },
    metadata: { task: 'table', __proto__x: 'kept' },
    functions: [
      {
        name: 'f',
        domain: 'local',
        inputs: ['a'],
        outputs: ['b'],
        parameters: ['alpha'],
        defaults: { beta: { type: 'float', value: 2 } },
        opset: { '': 18 },
        nodes: [
          {
            name: '',
            op: 'Elu',
            domain: '',
            inputs: ['a'],
            outputs: ['b'],
            attributes: { alpha: { type: 'reference', value: 'alpha', of: 'FLOAT' } },
          },
        ],
      },
    ],
  }

  it('comes back as it was written', () => {
    expect(decodeModel(encodeModel(full))).toEqual(full)
  })

  it('is one protobuf message as the schema defines it', () => {
    const proto = fromBinary(ModelProtoSchema, encodeModel(full))
    expect(proto.graph!.initializer.map(tensor => tensor.rawData.length)).toEqual([24, 24_000, 0, 0])
    expect(toBinary(ModelProtoSchema, proto).length).toBe(encodeModel(full).length)
    expect(proto.graph!.node[0]!.attribute[0]).toMatchObject({ name: 'alpha', type: 1, f: 1 })
  })

  it('has the same bytes each time', () => {
    expect(encodeModel(full)).toEqual(encodeModel(full))
  })

  it('reads ai.onnx as the default domain', () => {
    const read = decodeModel(encodeModel({ ...full, opset: { 'ai.onnx': 13 } }))
    expect(read.opset).toEqual({ '': 13 })
  })

  it('keeps names that JavaScript objects reserve', () => {
    const attributes = Object.fromEntries([['__proto__', { type: 'int' as const, value: 3 }]])
    const written = model({ nodes: [{ name: '', op: 'A', domain: '', inputs: [], outputs: [], attributes }] })
    const read = decodeModel(encodeModel(written)).graph.nodes[0]!.attributes
    expect(Object.entries(read)).toEqual([['__proto__', { type: 'int', value: 3 }]])
    expect(read.constructor).toBeUndefined()
  })

  it('refuses to write a tensor whose data does not suit its type or dims', () => {
    const wrong = (tensor: Omit<OnnxTensor, 'name'>) => () =>
      encodeModel(model({ initializers: [{ name: 'w', ...tensor }] }))
    expect(wrong({ dtype: 'float32', dims: [3], data: new Float32Array(2) })).toThrow(/'w' is float32 \[3\]/)
    expect(wrong({ dtype: 'float64', dims: [2], data: new Float32Array(2) })).toThrow(/'w' is float64/)
  })

  it('copies large weights once', () => {
    const data = new Float32Array(2 ** 22).fill(1)
    const bytes = encodeModel(model({ initializers: [{ name: 'w', dtype: 'float32', dims: [2 ** 22], data }] }))
    expect(bytes.buffer.byteLength).toBe(bytes.length)
    expect(bytes.length - data.byteLength).toBeLessThan(100)
  })

  it('reads weights at any alignment, from a Buffer too', () => {
    for (let shift = 0; shift < 8; shift++) {
      const name = 'w'.repeat(shift + 1)
      const tensor: OnnxTensor = { name, dtype: 'float64', dims: [1], data: Float64Array.of(Math.PI) }
      const bytes = Buffer.from(encodeModel(model({ initializers: [tensor] })))
      expect(decodeModel(bytes).graph.initializers).toEqual([tensor])
    }
  })

  it('reads aligned weights as views into the file', () => {
    for (let length = 1; length <= 4; length++) {
      const name = 'w'.repeat(length)
      const bytes = encodeModel(
        model({ initializers: [{ name, dtype: 'float32', dims: [1], data: Float32Array.of(3) }] }),
      )
      const { data } = decodeModel(bytes).graph.initializers[0]!
      const { buffer, byteOffset } = data as Float32Array
      expect([...(data as Float32Array)]).toEqual([3])
      if (buffer === bytes.buffer) return expect(byteOffset % 4).toBe(0)
    }
    expect.unreachable('no alignment of four gave a view')
  })
})

describe('a tensor', () => {
  it.each([
    ['float_data', { dataType: DataType.FLOAT, floatData: [1.5, -2] }, 'float32', Float32Array.of(1.5, -2)],
    ['double_data', { dataType: DataType.DOUBLE, doubleData: [0.1, 2] }, 'float64', Float64Array.of(0.1, 2)],
    ['int32_data', { dataType: DataType.INT32, int32Data: [-1, 2] }, 'int32', Int32Array.of(-1, 2)],
    [
      'int64_data',
      { dataType: DataType.INT64, int64Data: [-1n, 2n ** 62n] },
      'int64',
      BigInt64Array.of(-1n, 2n ** 62n),
    ],
    [
      'uint64_data',
      { dataType: DataType.UINT64, uint64Data: [1n, 2n ** 63n] },
      'uint64',
      BigUint64Array.of(1n, 2n ** 63n),
    ],
    [
      'uint32 in uint64_data',
      { dataType: DataType.UINT32, uint64Data: [1n, 2n ** 32n - 1n] },
      'uint32',
      Uint32Array.of(1, 2 ** 32 - 1),
    ],
    ['uint8 in int32_data', { dataType: DataType.UINT8, int32Data: [0, 255] }, 'uint8', Uint8Array.of(0, 255)],
    ['int8 in int32_data', { dataType: DataType.INT8, int32Data: [-128, 127] }, 'int8', Int8Array.of(-128, 127)],
    ['bool in int32_data', { dataType: DataType.BOOL, int32Data: [1, 0] }, 'bool', Uint8Array.of(1, 0)],
    [
      'float16 in int32_data',
      { dataType: DataType.FLOAT16, int32Data: [0x3c00, 0x8000] },
      'float16',
      Uint16Array.of(0x3c00, 0x8000),
    ],
    [
      'bfloat16 in int32_data',
      { dataType: DataType.BFLOAT16, int32Data: [0x3f80, 0xbf80] },
      'bfloat16',
      Uint16Array.of(0x3f80, 0xbf80),
    ],
    ['raw_data', { dataType: DataType.INT16, rawData: Uint8Array.of(1, 0, 255, 255) }, 'int16', Int16Array.of(1, -1)],
    ['packed int4', { dataType: DataType.INT4, rawData: Uint8Array.of(0x21) }, 'int4', Uint8Array.of(0x21)],
    ['complex64', { dataType: DataType.COMPLEX64, floatData: [1, 2, 3, 4] }, 'complex64', Float32Array.of(1, 2, 3, 4)],
    [
      'string_data',
      { dataType: DataType.STRING, stringData: [Uint8Array.of(97), Uint8Array.of()] },
      'string',
      ['a', ''],
    ],
  ])('is read from %s', (_, storage, dtype, data) => {
    expect(decodedTensor({ name: 'w', dims: [2n], ...storage })).toEqual({ name: 'w', dtype, dims: [2], data })
  })

  it.each([
    [
      'fewer bytes than its dims',
      { dataType: DataType.FLOAT, dims: [2n], rawData: new Uint8Array(7) },
      /holds 7 bytes of raw data, its dims declare 8/,
    ],
    ['no data at all', { dataType: DataType.FLOAT, dims: [2n] }, /holds 0 values, its dims declare 2/],
    [
      'dims beyond any file',
      { dataType: DataType.FLOAT, dims: [2n ** 62n, 2n ** 62n], rawData: new Uint8Array(4) },
      /extent of 4611686018427387904/,
    ],
    [
      'dims that multiply to 2^64',
      { dataType: DataType.FLOAT, dims: Array<bigint>(4).fill(2n ** 16n), floatData: [1] },
      /holds 1 values/,
    ],
    ['a negative extent', { dataType: DataType.FLOAT, dims: [-1n], rawData: new Uint8Array(4) }, /extent of -1/],
    ['an unknown type', { dataType: 99, dims: [], rawData: new Uint8Array(4) }, /unknown type 99/],
    [
      'too many strings',
      { dataType: DataType.STRING, dims: [1n], stringData: [new Uint8Array(), new Uint8Array()] },
      /holds 2 values/,
    ],
  ])('with %s is refused', (_, tensor, why) => {
    expect(() => decodeModel(withTensor({ name: 'w', ...tensor }), { file: 'm.onnx' })).toThrow(
      expect.objectContaining({
        code: 'onnx/corrupt',
        message: "'m.onnx' is not a whole ONNX file",
        why: expect.stringMatching(why),
      }),
    )
  })

  it('outside the file is refused where no folder is given', () => {
    const tensor = {
      name: 'w',
      dims: [1n],
      dataType: DataType.FLOAT,
      dataLocation: 1,
      externalData: [{ key: 'location', value: 'w.bin' }],
    }
    expect(() => decodeModel(withTensor(tensor))).toThrow(expect.objectContaining({ code: 'onnx/outside' }))
    const external = () => new Uint8Array(Float32Array.of(5).buffer)
    expect(decodeModel(withTensor(tensor), { external }).graph.initializers[0]!.data).toEqual(Float32Array.of(5))
  })
})
