/**
 * The kernel inception distance of two sets of features [a, width] and [b, width], rows of any network: the unbiased
 * estimate of the squared maximum mean discrepancy under (x y / width + 1)^3 (Binkowski et al. 2018). Near 0 where both
 * come from one distribution, below 0 by chance. Each set needs two rows.
 */
export function kernelDistance(a: Float32Array, b: Float32Array, width: number): number {
  const [m, n] = [a.length / width, b.length / width]
  return within(a, m, width) + within(b, n, width) - (2 * total(a, m, b, n, width)) / (m * n)
}

const kernel = (a: Float32Array, i: number, b: Float32Array, j: number, width: number): number => {
  let product = 0
  for (let k = 0; k < width; k++) product += a[i * width + k]! * b[j * width + k]!
  return (product / width + 1) ** 3
}

function total(a: Float32Array, m: number, b: Float32Array, n: number, width: number): number {
  let sum = 0
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) sum += kernel(a, i, b, j, width)
  return sum
}

/** The mean over pairs of different rows. */
function within(a: Float32Array, m: number, width: number): number {
  let sum = 0
  for (let i = 0; i < m; i++) for (let j = 0; j < i; j++) sum += kernel(a, i, a, j, width)
  return (2 * sum) / (m * (m - 1))
}
