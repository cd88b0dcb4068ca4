import type { HostTensor, TypedArray } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Network, NetworkData } from '../../system/index.ts'

/** Examples in a network's data. */
export function countExamples({ inputs }: NetworkData): number {
  return Object.values(inputs)[0]?.dims[0] ?? 0
}

/**
 * Checks data against the network that they are given to.
 *
 * @throws InterplayError `data/empty`, `data/role-missing`, `shape/mismatch`, `data/not-finite`
 */
export function checkExamples(network: Network, data: NetworkData): void {
  const count = countExamples(data)
  if (count === 0) throw new InterplayError('data/empty', `the data of '${network.name}' hold no examples`)
  for (const name of Object.keys(network.inputs)) {
    const given = data.inputs[name]
    if (!given) {
      throw new InterplayError('data/role-missing', `'${network.name}' needs an input '${name}'`, {
        why: `the data have ${Object.keys(data.inputs).join(', ')}`,
      })
    }
    if (given.dims[0] !== count) {
      throw new InterplayError('shape/mismatch', `'${name}' has ${given.dims[0]} examples, other inputs ${count}`)
    }
    const place = (given.data as Float64Array).findIndex(value => typeof value === 'number' && !Number.isFinite(value))
    if (place >= 0) {
      const example = Math.floor(place / (given.data.length / count)) + 1
      throw new InterplayError('data/not-finite', `'${name}' is not finite in example ${example}`)
    }
  }
  if (data.labels && data.labels.length % count !== 0) {
    throw new InterplayError('shape/mismatch', `${data.labels.length} labels are not one for each of ${count} examples`)
  }
}

/** Some examples, in the order of `rows`. */
export function examplesAt(data: NetworkData, rows: Int32Array): NetworkData {
  const count = countExamples(data)
  const picked = <T extends TypedArray>(values: T): T => {
    const width = values.length / count
    const result = values.slice(0, rows.length * width) as T
    rows.forEach((row, i) => result.set(values.subarray(row * width, (row + 1) * width) as never, i * width))
    return result
  }
  return {
    inputs: Object.fromEntries(
      Object.entries(data.inputs).map(([name, tensor]): [string, HostTensor] => [
        name,
        { dtype: tensor.dtype, dims: [rows.length, ...tensor.dims.slice(1)], data: picked(tensor.data) },
      ]),
    ),
    ...(data.labels && { labels: picked(data.labels) }),
  }
}

/** The data in pieces of at most `size` examples, in order. */
export function* pieces(data: NetworkData, size: number): Iterable<NetworkData> {
  const count = countExamples(data)
  for (let start = 0; start < count; start += size) {
    const rows = Int32Array.from({ length: Math.min(size, count - start) }, (_, i) => start + i)
    yield rows.length === count ? data : examplesAt(data, rows)
  }
}
