import { expect, it } from 'vitest'
import { addDimensions, evaluateDimension, multiplyDimensions, sidesOf, subtractDimensions } from './dimension.ts'

it('has no negative extents', () => {
  const rest = subtractDimensions('n', 2)
  expect(evaluateDimension(rest, new Map([['n', 5]]))).toBe(3)
  expect(() => evaluateDimension(rest, new Map([['n', 1]]))).toThrow(
    expect.objectContaining({ code: 'shape/mismatch', message: 'an extent of n-2 is -1', why: 'n is 1' }),
  )
})

it('tells what must not exceed what', () => {
  expect(sidesOf(subtractDimensions('n', 5))).toEqual([5, 'n'])
  expect(sidesOf(subtractDimensions(addDimensions('a', 1), multiplyDimensions(2, 'b')))).toEqual(['2*b', 'a+1'])
  expect(sidesOf('n')).toEqual([0, 'n'])
})

it('refuses sums and powers that grow without end', () => {
  const grown = (times: number, step: (before: number | string, i: number) => number | string) =>
    Array.from({ length: times }, (_, i) => i).reduce(step, 'n' as number | string)
  expect(() => grown(40, before => multiplyDimensions(before, before))).toThrow(/an extent takes more than/)
  expect(() => grown(16, (before, i) => multiplyDimensions(before, addDimensions(`a${i}`, `b${i}`)))).toThrow(
    expect.objectContaining({ code: 'onnx/size' }),
  )
  expect(grown(800, (before, i) => addDimensions(before, `rows${i}`))).toMatch(/^rows99\+/)
})
