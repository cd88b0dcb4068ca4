import { InterplayError } from '../errors/index.ts'
import { allocate, type HostTensor } from './dtype.ts'
import { concat } from './ops/shape.ts'
import type { Rows } from './ops/sorted-segments.ts'
import type { Parameter, ParameterArray } from './parameter.ts'
import type { Chunk, State } from './state.ts'
import type { Tensor } from './tensor.ts'

/** New values of parameters, computed by the graph; of a table by rows, its new rows. */
export type Updates = Iterable<readonly [Parameter, Tensor | Rows]>

export const isRows = (value: Tensor | Rows): value is Rows => 'ids' in value

/** Updates of parameters inside a chunk become one update of the chunk's vector. */
export function wholeVectors(
  updates: ReadonlyMap<Parameter, Tensor | Rows>,
  state: State,
): Map<Parameter, Tensor | Rows> {
  const next = new Map<Parameter, Tensor | Rows>()
  const chunks = new Set<Chunk>()
  for (const [parameter, value] of updates) {
    const place = state.place(parameter)
    if (place && !place.chunk.byRow && !isRows(value)) chunks.add(place.chunk)
    else next.set(place?.chunk.values ?? parameter, value)
  }
  for (const chunk of chunks) {
    if (next.has(chunk.values)) {
      throw new InterplayError('engine/trace', `'${chunk.name}' is updated as a whole and in part`)
    }
    next.set(
      chunk.values,
      concat(
        chunk.members.map(member => ((updates.get(member) as Tensor | undefined) ?? member).reshape([member.size])),
        0,
      ),
    )
  }
  return next
}

/** Where a run writes the new rows of a table; it grows with the largest batch seen. */
export class RowBuffer {
  readonly ids: Tensor
  written: ParameterArray
  private readonly width: number
  private buffer: ParameterArray

  constructor({ ids, values }: Rows) {
    this.ids = ids
    this.width = values.shape[1] as number
    this.buffer = allocate(values.dtype, 0) as ParameterArray
    this.written = this.buffer
  }

  /** A tensor of as many rows as there are ids. */
  target({ data: { length } }: HostTensor): HostTensor {
    const size = length * this.width
    const dtype = this.buffer instanceof Float64Array ? 'float64' : 'float32'
    if (this.buffer.length < size) this.buffer = allocate(dtype, Math.ceil(size * 1.2)) as ParameterArray
    this.written = this.buffer.subarray(0, size) as ParameterArray
    return { dtype, dims: [length, this.width], data: this.written }
  }
}
