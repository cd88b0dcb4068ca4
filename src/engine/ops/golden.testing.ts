import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { compile } from '../program.ts'
import { decodeSafetensors } from '../safetensors.ts'
import { vjp } from '../gradient.ts'
import { isFloat, type DataType, type HostTensor } from '../dtype.ts'
import type { Tensor } from '../tensor.ts'
import '../methods.ts'

export type Attributes = Readonly<Record<string, unknown>>
type Inputs = Readonly<Record<string, Tensor>>

export interface GoldenOptions {
  /** Relative to the largest element of the expected tensor. */
  tolerance?: Partial<Record<DataType, number>>
  dtypes?: readonly ('float32' | 'float64')[]
  /** Leaves the first extent of these inputs open, under one symbol. */
  batched?: readonly string[]
  /** Cases to take; all where left out. */
  only?: RegExp
}

/** Compares values and gradients of every case of a file of golden values with what `build` traces. */
export function golden(
  family: string,
  build: (inputs: Inputs, attributes: Attributes, name: string) => Tensor,
  { tolerance = {}, dtypes = ['float32', 'float64'], batched = [], only = /./ }: GoldenOptions = {},
): void {
  const { tensors, metadata } = decodeSafetensors(
    readFileSync(new URL(`../../../fixtures/operators/${family}.safetensors`, import.meta.url)),
  )
  const names = [...new Set(Object.keys(tensors).map(path => path.split('/')[0]!))].filter(name => only.test(name))
  const part = (name: string, kind: string) =>
    Object.fromEntries(
      Object.entries(tensors).flatMap(([path, tensor]) =>
        path.startsWith(`${name}/${kind}/`) ? [[path.slice(name.length + kind.length + 2), tensor]] : [],
      ),
    )
  it.each(names.flatMap(name => dtypes.map(dtype => [name, dtype] as const)))('%s in %s', async (name, dtype) => {
    const cast = (tensor: HostTensor): HostTensor =>
      dtype === 'float64' || !isFloat(tensor.dtype)
        ? tensor
        : { ...tensor, dtype, data: Float32Array.from(tensor.data as Float64Array) }
    const given = Object.entries(part(name, 'input')).map(([key, tensor]) => [key, cast(tensor)] as const)
    const gradients = part(name, 'gradient')
    const feeds = Object.fromEntries([...given, ['cotangent', cast(tensors[`${name}/cotangent`]!)]])
    const types = Object.fromEntries(
      Object.entries(feeds).map(([key, { dtype: type, dims }]) => [
        key,
        { dtype: type, shape: dims.map((extent, axis) => (axis === 0 && batched.includes(key) ? 'batch' : extent)) },
      ]),
    )
    const program = compile({
      inputs: types,
      threads: 1,
      trace: inputs => {
        const { cotangent, ...rest } = inputs
        const y = build(rest, JSON.parse(metadata[name]!) as Attributes, name)
        const wanted = Object.keys(gradients)
        const products = vjp(
          [y],
          wanted.map(key => rest[key]!),
          [cotangent!],
        )
        return { outputs: { y, ...Object.fromEntries(wanted.map((key, i) => [`gradient ${key}`, products[i]!])) } }
      },
    })
    const got: Record<string, HostTensor> = await program.run(feeds)
    await program.close()
    const bound = tolerance[dtype] ?? (dtype === 'float64' ? 1e-12 : 2e-6)
    expectClose(got.y!, tensors[`${name}/output/y`]!, bound, 'y')
    for (const [key, gradient] of Object.entries(gradients)) expectClose(got[`gradient ${key}`]!, gradient, bound, key)
  })
}

function expectClose(got: HostTensor, expected: HostTensor, bound: number, what: string): void {
  expect(got.dims, what).toEqual(expected.dims)
  const wanted = Array.from(expected.data, Number)
  const scale = Math.max(...wanted.map(Math.abs), 1e-30)
  const error = Math.max(...wanted.map((value, i) => Math.abs(Number(got.data[i]) - value)))
  expect(error / scale, what).toBeLessThan(bound)
}
