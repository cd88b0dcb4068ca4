import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInterplayError } from '../../errors/index.ts'
import { decodeModel, encodeModel, type OnnxGraph, type OnnxModel } from './codec.ts'

const field = { graph: 7, node: 1, initializer: 5, attribute: 5, subgraph: 6, dims: 1, name: 8, int64Data: 7 }

const framed = (number: number, bytes: Uint8Array): Uint8Array =>
  new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish()

const refusal = (bytes: Uint8Array) => {
  try {
    decodeModel(bytes, { file: 'm.onnx' })
  } catch (error) {
    return error
  }
  return undefined
}

describe('a damaged file', () => {
  const whole = encodeModel(sample())

  it('names the byte where it ends too early', () => {
    const graph = framed(field.graph, framed(field.initializer, new Uint8Array(40)))
    expect(refusal(graph.subarray(0, 30))).toMatchObject({
      code: 'onnx/corrupt',
      message: "'m.onnx' is not a whole ONNX file: field at byte 0",
      why: expect.stringMatching(/of 42 bytes runs past byte 30/),
    })
  })

  it('names the byte of a field inside that runs past its message', () => {
    const inner = framed(field.initializer, framed(field.name, new Uint8Array(10)).subarray(0, 6))
    expect(refusal(framed(field.graph, inner))).toMatchObject({
      message: "'m.onnx' is not a whole ONNX file: field at byte 4",
    })
  })

  it('is refused where a field has another wire type than the schema', () => {
    const number = new BinaryWriter().tag(field.graph, WireType.Varint).int32(5).finish()
    expect(refusal(number)).toMatchObject({ code: 'onnx/corrupt', why: expect.stringMatching(/wire type Varint/) })
  })

  it('is refused when it has no graph, as an empty file', () => {
    expect(refusal(new Uint8Array())).toMatchObject({ code: 'onnx/corrupt', why: 'it has no graph' })
  })

  it('ends in an error or a model at every truncation', () => {
    for (let length = 0; length < whole.length; length++) expectOrderly(whole.subarray(0, length))
  })

  it('ends in an error or a model when bits flip', () => {
    const position = fc.integer({ min: 0, max: whole.length * 8 - 1 })
    fc.assert(
      fc.property(fc.uniqueArray(position, { minLength: 1, maxLength: 6 }), bits => {
        const bytes = whole.slice()
        for (const bit of bits) bytes[bit >> 3]! ^= 1 << (bit & 7)
        expectOrderly(bytes)
      }),
      { numRuns: 1000, seed: 1 },
    )
  })

  it('ends in an error or a model when stretches are replaced, doubled or cut', () => {
    const place = fc.integer({ min: 0, max: whole.length })
    fc.assert(
      fc.property(place, place, fc.uint8Array({ maxLength: 24 }), (a, b, middle) => {
        expectOrderly(Buffer.concat([whole.subarray(0, a), middle, whole.subarray(b)]))
      }),
      { numRuns: 1000, seed: 2 },
    )
  })

  it('ends in an error or a model when it is random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), expectOrderly), { numRuns: 1000, seed: 3 })
  })
})

describe('a hostile file', () => {
  it('with a graph nested ten thousand deep is refused by depth', () => {
    let graph = new Uint8Array()
    for (let i = 0; i < 10_000; i++) {
      graph = framed(field.node, framed(field.attribute, framed(field.subgraph, graph))) as Uint8Array<ArrayBuffer>
    }
    expect(refusal(framed(field.graph, graph))).toMatchObject({
      code: 'onnx/size',
      message: "'m.onnx' has more than 64 levels of nesting",
    })
  })

  it('with unknown groups nested deep is refused', () => {
    const groups = new Uint8Array(100_000).fill((100 << 3) | WireType.StartGroup)
    expect(refusal(groups)).toMatchObject({ code: 'onnx/corrupt' })
  })

  it('with two million empty nodes in four megabytes is refused before they are made', () => {
    const nodes = new Uint8Array(4_000_000)
    for (let i = 0; i < nodes.length; i += 2) nodes[i] = (field.node << 3) | WireType.LengthDelimited
    const before = process.memoryUsage().heapUsed
    expect(refusal(framed(field.graph, nodes))).toMatchObject({ code: 'onnx/size' })
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50e6)
  })

  it('with twenty million one-byte numbers is refused before they are made', () => {
    const tensor = framed(field.int64Data, new Uint8Array(20_000_000))
    expect(refusal(framed(field.graph, framed(field.initializer, tensor)))).toMatchObject({
      code: 'onnx/size',
      message: "'m.onnx' has more than 16,777,216 numbers and strings outside raw data",
    })
  })

  it('of any dims allocates nothing for them', () => {
    const extent = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    const edge = fc.constantFrom(2n ** 62n, 2n ** 63n - 1n, -1n, 0n, 1n, 2n ** 32n, 2n ** 53n)
    fc.assert(
      fc.property(fc.array(fc.oneof(edge, extent), { maxLength: 8 }), fc.integer({ min: 1, max: 26 }), (dims, type) => {
        const writer = new BinaryWriter()
        for (const each of dims) writer.tag(field.dims, WireType.Varint).int64(each)
        const tensor = writer.tag(2, WireType.Varint).int32(type).finish()
        expectOrderly(framed(field.graph, framed(field.initializer, tensor)))
      }),
      { numRuns: 1000, seed: 4 },
    )
  })
})

/** No error but ours, quickly, and what is read can be written again. */
function expectOrderly(bytes: Uint8Array): void {
  const started = performance.now()
  let model: OnnxModel | undefined
  try {
    model = decodeModel(bytes)
  } catch (error) {
    expect(isInterplayError(error), String(error)).toBe(true)
    expect((error as { code: string }).code).toMatch(/^onnx\/(corrupt|size|outside)$/)
  }
  expect(performance.now() - started).toBeLessThan(2000)
  if (model && !hasOther(model.graph)) expect(decodeModel(encodeModel(model))).toEqual(model)
}

/** Whether anything in the graph is of a kind that is read but not written. */
const hasOther = (graph: OnnxGraph): boolean =>
  [...graph.inputs, ...graph.outputs].some(({ container }) => container !== undefined) ||
  graph.nodes.some(node =>
    Object.values(node.attributes).some(
      each => each.type === 'other' || each.type === 'reference' || (each.type === 'graph' && hasOther(each.value)),
    ),
  )

function sample(): OnnxModel {
  const body: OnnxGraph = {
    name: 'then',
    nodes: [{ name: 'b', op: 'Neg', domain: '', inputs: ['x'], outputs: ['z'], attributes: {} }],
    initializers: [],
    inputs: [],
    outputs: [{ name: 'z', dtype: 'float32', shape: ['n'] }],
  }
  return {
    irVersion: 10,
    opset: { '': 21 },
    producer: { name: 'p', version: '1' },
    metadata: { key: 'value' },
    functions: [],
    graph: {
      name: 'g',
      nodes: [
        {
          name: 'a',
          op: 'If',
          domain: '',
          inputs: ['c'],
          outputs: ['y'],
          attributes: {
            then_branch: { type: 'graph', value: body },
            alpha: { type: 'float', value: 1 },
            axes: { type: 'ints', value: [1, -1, 300] },
            names: { type: 'strings', value: ['a', 'b'] },
          },
        },
      ],
      initializers: [
        { name: 'w', dtype: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
        { name: 's', dtype: 'string', dims: [1], data: ['text'] },
      ],
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 3] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['n', ''] }],
    },
  }
}
