import type { Initializer } from '../engine/index.ts'

/** Inputs and outputs of one unit, kernel positions counted: PyTorch's layouts [out, in, ...kernel]. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const kernel = shape.slice(2).reduce((product, extent) => product * extent, 1)
  return { fanIn: (shape[1] ?? 1) * kernel, fanOut: (shape[0] ?? 1) * kernel }
}

export const zeros: Initializer = () => {}

export const fill =
  (value: number): Initializer =>
  values => {
    values.fill(value)
  }

export const ones: Initializer = fill(1)

/** N(0, deviation^2). */
export const normal =
  (deviation: number): Initializer =>
  (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal()
  }

/** U(-bound, bound). */
export const uniform =
  (bound: number): Initializer =>
  (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.uniform() - 1)
  }

/** N(0, 2 / (fan in + fan out)), Glorot and Bengio 2010. */
export const xavierNormal: Initializer = (values, shape, random) => {
  const { fanIn, fanOut } = fans(shape)
  normal(Math.sqrt(2 / (fanIn + fanOut)))(values, shape, random)
}

/** U(-b, b) with b^2 = 6 / (fan in + fan out), Glorot and Bengio 2010. */
export const xavierUniform: Initializer = (values, shape, random) => {
  const { fanIn, fanOut } = fans(shape)
  uniform(Math.sqrt(6 / (fanIn + fanOut)))(values, shape, random)
}

/** N(0, 2 / fan in), He et al. 2015. */
export const heNormal: Initializer = (values, shape, random) => {
  normal(Math.sqrt(2 / fans(shape).fanIn))(values, shape, random)
}

/** U(-b, b) with b = 1 / sqrt(fan in): what PyTorch gives linear layers and convolutions. */
export const fanInUniform: Initializer = (values, shape, random) => {
  uniform(1 / Math.sqrt(fans(shape).fanIn))(values, shape, random)
}
