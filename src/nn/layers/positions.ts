import { concat, constant, type Tensor } from '../../engine/index.ts'

/** 1 / period^(i / half) for i below half the width. */
const frequencies = (width: number, period: number): number[] =>
  Array.from({ length: width / 2 }, (_, i) => period ** ((-2 * i) / width))

/**
 * Sine and cosine features of numbers: [B] -> [B, width], `width` even, all sines first, then all cosines (Vaswani et al.
 * 2017, section 3.5; as diffusion models embed their time steps, Ho et al. 2020).
 */
export function sinusoidalEmbedding(x: Tensor, width: number, period = 10_000): Tensor {
  const angles = x.unsqueeze(-1).mul(constant(frequencies(width, period), [width / 2], x.dtype))
  return concat([angles.sin(), angles.cos()], -1)
}

/**
 * The fixed position table of a transformer: [length, width], `width` even, sines at even and cosines at odd places
 * (Vaswani et al. 2017, section 3.5).
 */
export function sinusoidalPositions(length: number, width: number, period = 10_000): Tensor {
  const values = Array.from({ length }, (_, position) =>
    frequencies(width, period).flatMap(frequency => [Math.sin(position * frequency), Math.cos(position * frequency)]),
  )
  return constant(values.flat(), [length, width])
}
