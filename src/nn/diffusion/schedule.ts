/** How much signal is left at each of T steps of noising: x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) e. */
export interface NoiseSchedule {
  readonly steps: number
  /** abar_t = prod (1 - beta_s) over s <= t, in float64. */
  readonly signal: Float64Array
}

export type ScheduleKind = 'linear' | 'scaledLinear' | 'cosine'

/** beta from 1e-4 to 2e-2 (Ho et al. 2020); its root from sqrt 0.00085 to sqrt 0.012 (Rombach et al. 2022); abar along a squared cosine (Nichol and Dhariwal 2021). */
const betas: Record<ScheduleKind, (t: number, steps: number) => number> = {
  linear: (t, steps) => between(1e-4, 2e-2, t, steps),
  scaledLinear: (t, steps) => between(Math.sqrt(0.00085), Math.sqrt(0.012), t, steps) ** 2,
  cosine: (t, steps) => {
    const left = (at: number) => Math.cos((((at / steps + 0.008) / 1.008) * Math.PI) / 2) ** 2
    return Math.min(1 - left(t + 1) / left(t), 0.999)
  },
}

const between = (start: number, end: number, t: number, steps: number) => start + ((end - start) * t) / (steps - 1)

export function noiseSchedule(kind: ScheduleKind = 'scaledLinear', steps = 1000): NoiseSchedule {
  const signal = new Float64Array(steps)
  for (let t = 0, product = 1; t < steps; t++) {
    product *= 1 - betas[kind](t, steps)
    signal[t] = product
  }
  return { steps, signal }
}

/** x_t of images at one step each: `images` and `noise` are [rows, width] with a step a row. */
export const noised = (
  schedule: NoiseSchedule,
  images: Float32Array,
  noise: Float32Array,
  t: ArrayLike<number>,
): Float32Array => mixed(schedule, images, noise, t, left => [Math.sqrt(left), Math.sqrt(1 - left)])

/** sqrt(abar_t) e - sqrt(1 - abar_t) x_0: the velocity of images at one step each (Salimans and Ho 2022, appendix D). */
export const velocity = (
  schedule: NoiseSchedule,
  images: Float32Array,
  noise: Float32Array,
  t: ArrayLike<number>,
): Float32Array => mixed(schedule, images, noise, t, left => [-Math.sqrt(1 - left), Math.sqrt(left)])

/**
 * What a picture's error counts at one step a row, so that no step's error of x_0 counts more than `bound` (Min-SNR, Hang et al.
 * 2023, section 3.4): with snr = abar_t / (1 - abar_t), min(snr, bound) over snr where noise is foretold, over snr + 1 for velocity.
 */
export const minSnrWeights = (
  { signal }: NoiseSchedule,
  t: ArrayLike<number>,
  target: 'noise' | 'velocity',
  bound: number,
): Float32Array =>
  Float32Array.from(t, step => {
    const snr = signal[step]! / (1 - signal[step]!)
    return Math.min(snr, bound) / (target === 'noise' ? snr : snr + 1)
  })

/** Images and noise, each with the share that a row's step gives it. */
function mixed(
  { signal }: NoiseSchedule,
  images: Float32Array,
  noise: Float32Array,
  t: ArrayLike<number>,
  shares: (left: number) => readonly [number, number],
): Float32Array {
  const width = images.length / t.length
  const result = new Float32Array(images.length)
  for (let row = 0, at = 0; row < t.length; row++) {
    const [ofImage, ofNoise] = shares(signal[t[row]!]!)
    for (const end = at + width; at < end; at++) result[at] = ofImage * images[at]! + ofNoise * noise[at]!
  }
  return result
}
