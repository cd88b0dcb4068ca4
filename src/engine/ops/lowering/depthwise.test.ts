import { expect, it } from 'vitest'
import { decodeModel } from '../../onnx/codec.ts'
import { compile, float32, float64, grad, State, exportOnnx, type Tensor } from '../../index.ts'
import { conv, type ConvOptions } from '../convolution.ts'

interface Case extends ConvOptions {
  channels: number
  extents: number[]
  kernel: number[]
}

const cases: Record<string, Case> = {
  'a square window with padding': { channels: 3, extents: [8, 8], kernel: [7, 7], padding: 3 },
  'a wide window': { channels: 2, extents: [5, 6], kernel: [3, 5], padding: [1, 2] },
  'steps and gaps': { channels: 2, extents: [7, 6], kernel: [2, 3], stride: [2, 1], dilation: [1, 2], padding: 1 },
  'padding of one side': { channels: 1, extents: [4, 4], kernel: [2, 2], padding: [0, 1, 1, 0] },
  'one axis': { channels: 4, extents: [9], kernel: [3], padding: 1 },
  'three axes': { channels: 2, extents: [3, 4, 3], kernel: [2, 2, 2] },
}

const filled = (length: number, phase: number) => Float32Array.from({ length }, (_, i) => Math.sin(3 * i + phase))
const sizeOf = (extents: readonly number[]) => extents.reduce((product, extent) => product * extent, 1)

/** Value, gradients, and the gradient of the squared gradients with respect to the image: of one type of numbers. */
async function results({ channels, extents, kernel, ...options }: Case, type: typeof float32 | typeof float64) {
  const program = compile({
    inputs: {
      x: type(['batch', channels, ...extents]),
      weight: type([channels, 1, ...kernel]),
      bias: type([channels]),
    },
    threads: 1,
    trace: ({ x, weight, bias }) => {
      const y = conv(x, weight, bias, { groups: channels, ...options })
      const [dx, dw, db] = grad(y.sin().sum(), [x, weight, bias]) as [Tensor, Tensor, Tensor]
      const [twice] = grad(dw.square().sum().add(dx.square().sum()), [x]) as [Tensor]
      return { outputs: { y, dx, dw, db, twice } }
    },
  })
  const values = (length: number, phase: number) => {
    const array = filled(length, phase)
    return type === float64 ? Float64Array.from(array) : array
  }
  const feeds = {
    x: values(3 * channels * sizeOf(extents), 1),
    weight: values(channels * sizeOf(kernel), 2),
    bias: values(channels, 3),
  }
  const answers = await program.run(feeds)
  const { graph } = decodeModel(program.model)
  await program.close()
  return { answers, operators: new Set(graph.nodes.map(({ op }) => op)) }
}

it.each(Object.entries(cases))(
  '%s: small maps are products, whose value and gradients are those of windows',
  async (_, each) => {
    const [products, windows] = [await results(each, float32), await results(each, float64)]
    expect(products.operators).not.toContain('Conv')
    expect(products.operators).not.toContain('ConvTranspose')
    for (const [name, { dims, data }] of Object.entries(windows.answers)) {
      const ours = products.answers[name as keyof typeof products.answers]
      expect(ours.dims, name).toEqual(dims)
      const scale = Math.max(...Array.from(data as Float64Array, Math.abs))
      data.forEach((value, i) =>
        expect(Math.abs(Number(ours.data[i]) - Number(value)) / scale, name).toBeLessThan(3e-6),
      )
    }
  },
)

it('leaves the convolution where nothing is differentiated, where maps are large, and in files', () => {
  const operatorsOf = (model: Uint8Array) => decodeModel(model).graph.nodes.map(({ op }) => op)
  const traced = (side: number, differentiated: boolean) =>
    operatorsOf(
      compile({
        inputs: { x: float32(['batch', 2, side, side]), weight: float32([2, 1, 3, 3]) },
        trace: ({ x, weight }) => {
          const y = conv(x, weight, undefined, { groups: 2, padding: 1 })
          const outputs: Record<string, Tensor> = differentiated ? { y, dw: grad(y.sum(), weight) } : { y }
          return { outputs }
        },
      }).model,
    )
  expect(traced(8, false)).toContain('Conv')
  expect(traced(8, true)).not.toContain('Conv')
  expect(traced(16, true)).toContain('Conv')
  const file = exportOnnx({
    name: 'file',
    inputs: { x: float32(['batch', 2, 8, 8]), weight: float32([2, 1, 3, 3]) },
    state: new State({}, 1),
    trace: ({ x, weight }) => {
      const y = conv(x, weight, undefined, { groups: 2, padding: 1 })
      return { y, dw: grad(y.sum(), weight) }
    },
  })
  expect(operatorsOf(file)).toContain('Conv')
})
