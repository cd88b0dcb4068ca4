/** The rows of a row-major array at these places, in their order. */
export function taken<T extends Float32Array | Float64Array | Int32Array | Uint8Array>(
  values: T,
  width: number,
  rows: ArrayLike<number>,
): T {
  const result = new (values.constructor as new (length: number) => T)(rows.length * width)
  for (let i = 0; i < rows.length; i++) {
    result.set(values.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width)
  }
  return result
}
