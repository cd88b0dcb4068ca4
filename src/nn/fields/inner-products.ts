import { concat, constant, type Tensor } from '../../engine/index.ts'

/**
 * <a_p, a_q> for p < q, row by row of the upper triangle: [B, T, d] -> [B, T (T - 1) / 2]. All products are one MatMul, of
 * which the triangle is picked; its gradient puts them back by a second pick, so that nothing is scattered.
 */
export function innerProducts(rows: Tensor): Tensor {
  const count = rows.shape[1] as number
  const pairs = (count * (count - 1)) / 2
  const upper = new Int32Array(pairs)
  const placeOf = new Int32Array(count * count).fill(pairs)
  for (let p = 0, pair = 0; p < count; p++) {
    for (let q = p + 1; q < count; q++, pair++) {
      upper[pair] = p * count + q
      placeOf[p * count + q] = placeOf[q * count + p] = pair
    }
  }
  const products = rows
    .matmul(rows, { transposeB: true })
    .flatten()
    .gather(constant(upper, [pairs], 'int32'), 1)
  return products.withGradient([rows], d => {
    const padded = concat([d, d.slice(1, 0, 1).mul(0)], 1)
    const places = constant(placeOf, [count * count], 'int32')
    const symmetric = padded.gather(places, 1).reshape([rows.shape[0]!, count, count])
    return [symmetric.matmul(rows)]
  })
}
