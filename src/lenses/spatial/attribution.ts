import { compile, float32, grad, type Program, type State, type Tensor } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'

/** A network from images to scores. */
export interface ImageNetwork {
  channels: number
  height: number
  width: number
  outputs: number
  state: State
  /** Scores [B, outputs] of images [B, channels, height, width], after training. */
  trace(images: Tensor): Tensor
}

export interface PathOptions {
  /** Points of the path. */
  steps?: number
  /** The image without evidence, [channels, height, width]. Default zeros. */
  baseline?: Float32Array
  signal?: AbortSignal
}

/** Images of one run. */
const runImages = 64

/** Where a score of an image network comes from: a signed number a pixel, channels added up. */
export class ImageAttribution implements AsyncDisposable {
  private readonly slopes: Program
  private readonly answers: Program
  private readonly length: number

  constructor(
    private readonly network: ImageNetwork,
    threads = 1,
  ) {
    const { channels, height, width, outputs, state, trace } = network
    this.length = channels * height * width
    const images = float32(['batch', channels, height, width])
    this.slopes = compile({
      inputs: { images, wanted: float32(['batch', outputs]) },
      state,
      threads,
      trace: leaves => {
        const score = trace(leaves.images).mul(leaves.wanted).sum()
        return { outputs: { slope: grad(score, leaves.images) } }
      },
    })
    this.answers = compile({
      inputs: { images },
      state,
      threads,
      trace: leaves => ({ outputs: { scores: trace(leaves.images) } }),
    })
  }

  /** Scores [count, outputs] of images one after the other. */
  async scores(images: Float32Array, signal?: AbortSignal): Promise<Float32Array> {
    const { outputs } = this.network
    const count = images.length / this.length
    const result = new Float32Array(count * outputs)
    for (let start = 0; start < count; start += runImages) {
      signal?.throwIfAborted()
      const part = images.subarray(start * this.length, (start + runImages) * this.length)
      result.set((await this.answers.run({ images: part })).scores.data as Float32Array, start * outputs)
    }
    return result
  }

  /** Gradients of an output with respect to images one after the other, laid out as those. */
  private async gradients(images: Float32Array, output: number, signal?: AbortSignal): Promise<Float32Array> {
    const { outputs } = this.network
    const count = images.length / this.length
    const result = new Float32Array(images.length)
    for (let start = 0; start < count; start += runImages) {
      signal?.throwIfAborted()
      const part = images.subarray(start * this.length, (start + runImages) * this.length)
      const wanted = new Float32Array((part.length / this.length) * outputs)
      for (let i = output; i < wanted.length; i += outputs) wanted[i] = 1
      result.set((await this.slopes.run({ images: part, wanted })).slope.data as Float32Array, start * this.length)
    }
    return result
  }

  /** |d score / d pixel|, the largest of the channels. */
  async saliency(image: Float32Array, output: number, { signal }: PathOptions = {}): Promise<Float32Array> {
    const slope = await this.gradients(image, output, signal)
    const map = new Float32Array(this.area)
    slope.forEach((value, at) => (map[at % this.area] = Math.max(map[at % this.area]!, Math.abs(value))))
    return map
  }

  /**
   * Integrated gradients (Sundararajan et al. 2017) along the straight path from the baseline, by the midpoints of equal
   * steps: they add up to what the score gains along it, but for the steps' error.
   */
  async integratedGradients(
    image: Float32Array,
    output: number,
    { steps = 25, baseline = new Float32Array(this.length), signal }: PathOptions = {},
  ): Promise<Float32Array> {
    const path = new Float32Array(steps * this.length)
    for (let step = 0; step < steps; step++) {
      const along = (step + 0.5) / steps
      for (let i = 0; i < this.length; i++)
        path[step * this.length + i] = baseline[i]! + along * (image[i]! - baseline[i]!)
    }
    const slopes = await this.gradients(path, output, signal)
    const map = new Float32Array(this.area)
    for (let i = 0; i < this.length; i++) {
      let sum = 0
      for (let step = 0; step < steps; step++) sum += slopes[step * this.length + i]!
      map[i % this.area]! += (sum / steps) * (image[i]! - baseline[i]!)
    }
    return map
  }

  /** The mean square of integrated gradients over noisy copies of the image (SmoothGrad squared, Hooker et al. 2019). */
  async smoothSquared(
    image: Float32Array,
    output: number,
    {
      samples = 25,
      deviation = 0.2,
      seed = 1,
      ...path
    }: PathOptions & { samples?: number; deviation?: number; seed?: number } = {},
  ): Promise<Float32Array> {
    const random = new Random(seed, 'smooth-squared')
    const mean = new Float32Array(this.area)
    for (let sample = 0; sample < samples; sample++) {
      const noisy = image.map(value => value + deviation * random.normal())
      const map = await this.integratedGradients(noisy, output, path)
      map.forEach((value, at) => (mean[at]! += (value * value) / samples))
    }
    return mean
  }

  /** How far the score falls when a square about each place is replaced by the baseline, shared by the square's pixels. */
  async occlusion(
    image: Float32Array,
    output: number,
    { patch = 8, baseline = new Float32Array(this.length), signal }: PathOptions & { patch?: number } = {},
  ): Promise<Float32Array> {
    const { height, width, channels, outputs } = this.network
    const stride = Math.max(1, patch >> 1)
    const starts = (extent: number) =>
      Array.from({ length: Math.ceil((extent - patch) / stride) + 1 }, (_, i) => Math.min(i * stride, extent - patch))
    const places = starts(height).flatMap(top => starts(width).map(left => [top, left] as const))
    const copies = new Float32Array((places.length + 1) * this.length)
    copies.set(image, places.length * this.length)
    places.forEach(([top, left], i) => {
      copies.set(image, i * this.length)
      for (let channel = 0; channel < channels; channel++)
        for (let y = top; y < top + patch; y++)
          for (let x = left; x < left + patch; x++) {
            const at = (channel * height + y) * width + x
            copies[i * this.length + at] = baseline[at]!
          }
    })
    const scores = await this.scores(copies, signal)
    const whole = scores[places.length * outputs + output]!
    const [map, counts] = [new Float32Array(this.area), new Float32Array(this.area)]
    places.forEach(([top, left], i) => {
      const fall = whole - scores[i * outputs + output]!
      for (let y = top; y < top + patch; y++)
        for (let x = left; x < left + patch; x++) {
          map[y * width + x]! += fall / patch ** 2
          counts[y * width + x]!++
        }
    })
    return map.map((value, at) => value / Math.max(1, counts[at]!))
  }

  private get area(): number {
    return this.network.height * this.network.width
  }

  async close(): Promise<void> {
    await Promise.all([this.slopes.close(), this.answers.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
