export interface PageHinkleyOptions {
  /** A rise of the mean that is let pass. */
  tolerance: number
  /** How far the summed rises must stand above their lowest point. */
  threshold: number
  /** Values that come first and only set the mean. */
  warmUp?: number
}

/** Tells when the mean of a sequence has risen (Page 1954, Hinkley 1971); starts anew after it has. */
export class PageHinkley {
  private count = 0
  private mean = 0
  private sum = 0
  private lowest = 0
  private readonly warmUp: number

  constructor(private readonly options: PageHinkleyOptions) {
    this.warmUp = options.warmUp ?? 30
  }

  /** Whether the mean has risen with this value. */
  add(value: number): boolean {
    this.count++
    this.mean += (value - this.mean) / this.count
    if (this.count <= this.warmUp) return false
    this.sum += value - this.mean - this.options.tolerance
    this.lowest = Math.min(this.lowest, this.sum)
    if (this.sum - this.lowest <= this.options.threshold) return false
    this.count = this.mean = this.sum = this.lowest = 0
    return true
  }
}

/** Tells when the means of the last two windows of a sequence differ by more than chance: a two-sided z test. */
export class MeanShift {
  private readonly ring: Float64Array
  private count = 0

  /** `deviations`: how many standard errors the means must lie apart. */
  constructor(
    private readonly window: number,
    private readonly deviations: number,
  ) {
    this.ring = new Float64Array(2 * window)
  }

  /** 1 where the newer window lies higher with this value, -1 where lower, else 0; the windows fill anew after a shift. */
  add(value: number): -1 | 0 | 1 {
    const { ring, window } = this
    ring[this.count++ % ring.length] = value
    if (this.count < ring.length || this.count % window !== 0) return 0
    const newest = ((this.count / window - 1) % 2) * window
    const [newer, older] = [this.part(newest), this.part(window - newest)]
    const error = Math.sqrt((newer.variance + older.variance) / window)
    const change = newer.mean - older.mean
    if (Math.abs(change) <= this.deviations * error) return 0
    this.count = 0
    return change > 0 ? 1 : -1
  }

  private part(start: number): { mean: number; variance: number } {
    const { ring, window } = this
    let [sum, squares] = [0, 0]
    for (let i = start; i < start + window; i++) sum += ring[i]!
    const mean = sum / window
    for (let i = start; i < start + window; i++) squares += (ring[i]! - mean) ** 2
    return { mean, variance: squares / (window - 1) }
  }
}
