import type { NoiseSchedule } from './schedule.ts'

/** One step of sampling: from the noise of step `t` to that of step `previous`, below 0 to none or that of the first. */
export interface SamplingStep {
  t: number
  previous: number
}

export interface SamplingOptions {
  /** Added to every step; Stable Diffusion has 1. */
  offset?: number
  /** `leading` ends at the first step, `trailing` begins at the last one (Lin et al. 2024, section 3.3). Default `leading`. */
  spacing?: 'leading' | 'trailing'
}

/** `count` of the schedule's steps at equal distances, the noisiest first. */
export function samplingSteps(
  { steps }: NoiseSchedule,
  count: number,
  { spacing = 'leading', offset = spacing === 'leading' ? 1 : 0 }: SamplingOptions = {},
) {
  const stride = Math.floor(steps / count)
  const noisiest = spacing === 'leading' ? (count - 1) * stride : steps - 1
  return Array.from({ length: count }, (_, i): SamplingStep => {
    const t = noisiest - i * stride + offset
    return { t, previous: t - stride }
  })
}

export interface DdimOptions {
  /** 0 is deterministic, 1 has the noise of ancestral sampling. Default 0. */
  eta?: number
  /** Fresh standard normals for a step, needed where eta > 0. */
  noise?: (step: number) => Float32Array
  /** What is left behind the last step: the first step's noise (Stable Diffusion), or none. */
  end?: 'first' | 'none'
  /** The images that a step foretells are held within [-bound, bound], and the noise is what then remains. Default: they are not. */
  bound?: number
  signal?: AbortSignal
}

/** DDIM (Song et al. 2021, equation 12) from noise `x` along `steps`; `denoise` foretells the noise in x at step t. */
export async function ddim(
  denoise: (x: Float32Array, t: number) => Promise<Float32Array>,
  x: Float32Array,
  schedule: NoiseSchedule,
  steps: readonly SamplingStep[],
  { eta = 0, noise, end = 'first', bound = Infinity, signal }: DdimOptions = {},
): Promise<Float32Array> {
  let now = x
  for (const [i, { t, previous }] of steps.entries()) {
    signal?.throwIfAborted()
    const left = schedule.signal[t]!
    const next = previous >= 0 ? schedule.signal[previous]! : end === 'first' ? schedule.signal[0]! : 1
    const deviation = eta * Math.sqrt(((1 - next) / (1 - left)) * (1 - left / next))
    const e = await denoise(now, t)
    const fresh = deviation > 0 ? noise!(i) : undefined
    const direction = Math.sqrt(1 - next - deviation ** 2)
    now = now.map((value, at) => {
      const foretold = (value - Math.sqrt(1 - left) * e[at]!) / Math.sqrt(left)
      const clean = Math.max(-bound, Math.min(bound, foretold))
      const rest = clean === foretold ? e[at]! : (value - Math.sqrt(left) * clean) / Math.sqrt(1 - left)
      return Math.sqrt(next) * clean + direction * rest + (fresh ? deviation * fresh[at]! : 0)
    })
  }
  return now
}
