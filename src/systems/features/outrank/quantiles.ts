/** Standard normal quantile (Wichura 1988, AS 241 PPND7, 1e-7). */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (
      (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
    )
  }
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)))
  const [s, top, bottom] =
    r <= 5
      ? [r - 1.6, [0.17023821103, 1.3067284816, 2.75681539, 1.4234372777], [0.12021132975, 0.7370016425, 1]]
      : [r - 5, [0.017337203997, 0.42868294337, 3.081226386, 6.657905115], [0.012258202635, 0.24197894225, 1]]
  const horner = (list: readonly number[]) => list.reduce((value, each) => value * s + each, 0)
  return (Math.sign(q) * horner(top)) / horner(bottom)
}

/** Quantile of Student's t at p > 1/2, by halving its closed form in theta = atan(t / sqrt degrees). */
export function studentQuantile(p: number, degrees: number): number {
  let [low, high] = [0, Math.PI / 2]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (studentCentre(middle, degrees) < 2 * p - 1) low = middle
    else high = middle
  }
  return Math.tan(low) * Math.sqrt(degrees)
}

/** P(|t| < sqrt(degrees) tan theta) for whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4). */
function studentCentre(theta: number, degrees: number): number {
  const [cosine, odd] = [Math.cos(theta), degrees % 2 === 1]
  let term = odd ? cosine : 1
  let series = degrees === 1 ? 0 : term
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k
    series += term
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * series) : Math.sin(theta) * series
}

/** Quantile of the chi-square law: exact for one degree of freedom, else by Wilson and Hilferty (1931), within 2%. */
export function chiSquareQuantile(p: number, degrees = 1): number {
  if (degrees === 1) return normalQuantile((1 + p) / 2) ** 2
  const spread = 2 / (9 * degrees)
  return degrees * (1 - spread + normalQuantile(p) * Math.sqrt(spread)) ** 3
}
