import { expect, it } from 'vitest'
import { GraphWriter } from './onnx/export.ts'
import { splitVector } from './split-vector.ts'

/** Follows the Splits over a vector of numbered elements; every part by its name. */
function follow(writer: GraphWriter, vector: string, length: number): Map<string, number[]> {
  const values = new Map([[vector, Array.from({ length }, (_, i) => i)]])
  const constants = new Map(
    writer.initializers.map(({ name, data }) => [name, [...(data as BigInt64Array)].map(Number)]),
  )
  for (const { inputs, outputs } of writer.nodes) {
    const whole = [...values.get(inputs[0]!)!]
    constants.get(inputs[1]!)!.forEach((size, i) => values.set(outputs[i]!, whole.splice(0, size)))
  }
  return values
}

it.each([1, 2, 7, 8, 49, 50, 123])('cuts a vector into %i parts, at most seven at a time', count => {
  const writer = new GraphWriter()
  const sizes = Array.from({ length: count }, (_, i) => 1 + (i % 3))
  const parts = splitVector(writer, 'v', sizes, 7)
  const length = sizes.reduce((total, size) => total + size, 0)
  const values = follow(writer, 'v', length)
  expect(parts.map(name => values.get(name)!.length)).toEqual(sizes)
  expect(parts.flatMap(name => values.get(name)!)).toEqual(Array.from({ length }, (_, i) => i))
  expect(Math.max(0, ...writer.nodes.map(node => node.outputs.length))).toBeLessThanOrEqual(7)
})

it('cuts at once where there is no limit', () => {
  const writer = new GraphWriter()
  splitVector(
    writer,
    'v',
    Array.from({ length: 60 }, () => 2),
    Infinity,
  )
  expect(writer.nodes).toHaveLength(1)
})
