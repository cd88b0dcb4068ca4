import { ddim, noiseSchedule, samplingSteps } from '../../../nn/index.ts'

/** What DDIM draws where the exact noise is known, against what it should draw. */
export interface GaussianDrawn {
  mean: number
  /** Deviation over the data's own. */
  ratio: number
}

/**
 * DDIM from N(0, 1) with the exact noise of data N(mean, deviation^2): e = sqrt(1 - abar) (x - sqrt(abar) mean) /
 * (abar deviation^2 + 1 - abar). Every step is affine in the start, so two starts tell mean and deviation.
 */
export async function gaussianDrawn(steps: number, mean: number, deviation: number): Promise<GaussianDrawn> {
  const schedule = noiseSchedule('scaledLinear')
  const exact = async (x: Float32Array, t: number) => {
    const left = schedule.signal[t]!
    const scale = Math.sqrt(1 - left) / (left * deviation ** 2 + 1 - left)
    return x.map(value => scale * (value - Math.sqrt(left) * mean))
  }
  const [zero, one] = await ddim(exact, Float32Array.of(0, 1), schedule, samplingSteps(schedule, steps), {
    end: 'none',
  })
  return { mean: zero!, ratio: (one! - zero!) / deviation }
}
