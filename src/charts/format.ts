/*
 * How numbers are written, everywhere a person reads them: terminal, report, studio. Scripts get full precision from JSON.
 */

/** A value with its 95% interval, where it has one. */
export interface Measured {
  value: number | null
  low?: number | null
  high?: number | null
}

/** What stands where there is no number. Its reason belongs beside it. */
export const missing = '–'

type MaybeNumber = number | null | undefined

const isMissing = (value: MaybeNumber): value is null | undefined => value == null || Number.isNaN(value)

const grouped = (text: string) => text.replace(/^(-?\d+)/, digits => digits.replace(/\B(?=(\d{3})+$)/g, ','))

function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '-infinite'
  const text = grouped(value.toFixed(decimals))
  return /^-[0.,]+$/.test(text) ? text.slice(1) : text
}

/** Two significant digits and an exponent: 3.1e-7. */
const tiny = (value: number) => (value === 0 ? '0' : value.toExponential(1))

const isTiny = (value: number) => value !== 0 && Math.abs(value) < 0.001

/** `10,000` */
export function formatCount(value: MaybeNumber): string {
  return isMissing(value) ? missing : fixed(value, 0)
}

/** A share in [0, 1] as `10.3%`. */
export function formatShare(value: MaybeNumber): string {
  return isMissing(value) ? missing : `${fixed(value * 100, 1)}%`
}

/** A metric on its own: four decimals (`0.8446`), 3.1e-7 below 0.001; in units of the target four significant digits. */
export function formatMetric(value: MaybeNumber, { inTargetUnits = false } = {}): string {
  if (isMissing(value)) return missing
  if (isTiny(value)) return tiny(value)
  return inTargetUnits ? formatSignificant(value, 4) : fixed(value, 4)
}

/** A metric beside its interval: `0.862 [0.846, 0.877]`; without interval `0.862`. */
export function formatMeasured({ value, low, high }: Measured, { inTargetUnits = false } = {}): string {
  if (isMissing(value)) return missing
  const decimals = inTargetUnits
    ? decimalsFor(Math.max(Math.abs(value), Math.abs(low ?? 0), Math.abs(high ?? 0)), 4)
    : 3
  if (isTiny(value) && isMissing(low)) return tiny(value)
  return withInterval(number => fixed(number, decimals), { value, low, high })
}

/** An effect with its interval, three significant digits of the greatest: `0.412 [0.352, 0.474]`. */
export function formatEffect({ value, low, high }: Measured): string {
  if (isMissing(value)) return missing
  const greatest = Math.max(Math.abs(value), Math.abs(low ?? 0), Math.abs(high ?? 0))
  if (isTiny(greatest)) return withInterval(tiny, { value, low, high })
  const decimals = decimalsFor(greatest, 3)
  return withInterval(number => fixed(number, decimals), { value, low, high })
}

function withInterval(write: (value: number) => string, { value, low, high }: Measured): string {
  const interval = isMissing(low) || isMissing(high) ? '' : ` [${write(low)}, ${write(high)}]`
  return write(value!) + interval
}

/** Three significant digits by default: `0.412`, `141`, `12,300`, 3.1e-7 below 0.001. */
export function formatNumber(value: MaybeNumber, significant = 3): string {
  if (isMissing(value)) return missing
  return isTiny(value) ? tiny(value) : formatSignificant(value, significant)
}

/** A value of the data as it stands, to six significant digits: `1996`, `0.25`, `12,500`. */
export function formatValue(value: MaybeNumber): string {
  if (isMissing(value)) return missing
  const short = Number(value.toPrecision(6))
  return Math.abs(short) < 10_000 ? String(short) : grouped(String(short))
}

function formatSignificant(value: number, significant: number): string {
  return fixed(Number(value.toPrecision(significant)), decimalsFor(Math.abs(value), significant))
}

function decimalsFor(magnitude: number, significant: number): number {
  if (magnitude === 0 || !Number.isFinite(magnitude)) return significant - 1
  const exponent = Number(magnitude.toExponential(significant - 1).split('e')[1])
  return Math.min(Math.max(significant - 1 - exponent, 0), 20)
}

/** `0.31 s`, `11.4 s`, `6 min 12 s`, `2 h 5 min`. */
export function formatDuration(seconds: MaybeNumber): string {
  if (isMissing(seconds)) return missing
  if (seconds < 0.9995)
    return seconds < 0.001 ? `${fixed(seconds * 1e6, 0)} µs` : `${formatSignificant(seconds * 1000, 3)} ms`
  if (seconds < 59.95) return `${fixed(seconds, 1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(whole / 60)
  return `${fixed(Math.floor(minutes / 60), 0)} h ${minutes % 60} min`
}

/** Decimal units: `640 kB`, `38 MB`, `1.2 GB`. */
export function formatBytes(bytes: MaybeNumber): string {
  if (isMissing(bytes)) return missing
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let scaled = bytes
  let unit = 0
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000
    unit++
  }
  return `${scaled < 9.95 && unit > 0 ? fixed(scaled, 1) : fixed(scaled, 0)} ${units[unit]}`
}

/** `2.92×` */
export function formatRatio(value: MaybeNumber): string {
  return isMissing(value) ? missing : `${fixed(value, 2)}×`
}

/** The p-value of a test: three decimals, `below 0.001` under that. */
export function formatPValue(value: MaybeNumber): string {
  if (isMissing(value)) return missing
  return value < 0.001 ? 'p below 0.001' : `p ${fixed(value, 3)}`
}

/** A set of fields as one name: `Wildlife Size × Phase of flight`. */
export function formatSet(set: readonly string[]): string {
  return set.join(' × ')
}

/** `1 row`, `10,000 rows`. */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}
