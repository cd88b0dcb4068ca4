import { InterplayError } from '../errors/index.ts'
import { Random } from '../random/index.ts'
import { allocate, type HostTensor } from './dtype.ts'
import { spellShape } from './dimension.ts'
import { lowWords } from './ops/sort-ids.ts'
import { Parameter, type ParameterArray, type ParameterType } from './parameter.ts'
import { Turns } from './turns.ts'

/** Whatever owns parameters, each under its path (`layers.0.weight`). */
export interface ParameterOwner {
  parameters(): Iterable<readonly [path: string, parameter: Parameter]>
}

/** An owner that lays parameters of others out in flat vectors and keeps vectors of its own: an optimizer. */
export interface FlatOwner {
  readonly chunks: readonly Chunk[]
}

/** No flat vector is longer: above 32 MB the runtime's copies cost seven times more per byte. */
const longestVector = 8 * 1024 * 1024

/** Parameters that lie one after the other in a flat vector, with same-length vectors beside it (moments). */
export class Chunk {
  readonly values: Parameter
  readonly slots: Readonly<Record<string, Parameter>>

  /** `byRow`: a single table, kept in its own shape, of which a step replaces only some rows; it has no second buffer. */
  constructor(
    readonly name: string,
    readonly members: readonly Parameter[],
    slots: readonly string[] = [],
    dtype: ParameterType = 'float32',
    readonly byRow = false,
  ) {
    const length = members.reduce((sum, member) => sum + member.size, 0)
    const vector = () => new Parameter(byRow ? members[0]!.shape : [length], () => {}, { dtype })
    this.values = vector()
    this.slots = Object.fromEntries(slots.map(slot => [slot, vector()]))
  }

  /** Packs parameters into chunks of at most 32 MB, in order; a larger parameter has a chunk of its own. */
  static pack(name: string, parameters: readonly Parameter[], slots: readonly string[] = []): Chunk[] {
    const packs: { members: Parameter[]; length: number }[] = []
    for (const parameter of parameters) {
      const last = packs.at(-1)
      const fits = last && last.length + parameter.size <= longestVector && last.members[0]!.dtype === parameter.dtype
      if (fits) {
        last.members.push(parameter)
        last.length += parameter.size
      } else {
        packs.push({ members: [parameter], length: parameter.size })
      }
    }
    return packs.map(({ members }, i) => new Chunk(`${name}.${i}`, members, slots, members[0]!.dtype as ParameterType))
  }
}

/** One double-buffered vector: a run reads `front` and writes `back`, then the two change places. A table by rows has no `back`. */
interface Storage {
  front: HostTensor
  back?: HostTensor
}

export interface Place {
  chunk: Chunk
  offset: number
}

/** One parameter's values: a host tensor of floats. */
export interface StateTensor extends HostTensor {
  dtype: ParameterType
  data: ParameterArray
}

/**
 * The values of a model's parameters and buffers and of its optimizer, shared by every program compiled against it.
 * `roots` name the owners; a parameter's full name is root and path (`model.layers.0.weight`).
 */
export class State {
  /** Updates made so far. */
  step = 0
  /** Partial updates since the last whole one. */
  part = 0
  /** Programs that change the state do so one after the other. */
  readonly turns = new Turns()
  readonly chunks: readonly Chunk[]
  private readonly places = new Map<Parameter, Place>()
  private readonly names = new Map<string, Parameter>()
  private readonly storage = new Map<Parameter, Storage>()

  constructor(
    roots: Readonly<Record<string, ParameterOwner | FlatOwner>>,
    readonly seed: number,
  ) {
    const own = Object.values(roots).flatMap(root => ('chunks' in root ? root.chunks : []))
    for (const chunk of own) this.lay(chunk)
    for (const [root, owner] of Object.entries(roots)) {
      if (!('parameters' in owner)) continue
      const free: Parameter[] = []
      for (const [path, parameter] of owner.parameters()) {
        this.names.set(`${root}.${path}`, parameter)
        if (!this.places.has(parameter) && !free.includes(parameter)) free.push(parameter)
      }
      for (const chunk of Chunk.pack(root, free)) {
        this.lay(chunk)
        own.push(chunk)
      }
    }
    this.chunks = own
    for (const [root, owner] of Object.entries(roots)) {
      if (!('chunks' in owner)) continue
      for (const chunk of owner.chunks) {
        for (const [slot, vector] of Object.entries(chunk.slots))
          this.names.set(`${root}.${chunk.name}.${slot}`, vector)
      }
    }
    this.initialize()
  }

  /** Counts an update, or a part of one. */
  advance(partial: boolean): void {
    if (partial) this.part++
    else {
      this.step++
      this.part = 0
    }
  }

  /** What numbers randomness at the update, or the part of one, that is `ahead` of the next. */
  after(ahead: number, partial: boolean): { seed: number; step: number; part: number } {
    const { seed, step, part } = this
    if (ahead === 0 || partial) return { seed, step, part: part + ahead }
    return { seed, step: step + ahead, part: 0 }
  }

  /** Where a parameter lies; undefined for a chunk's own vectors and for strangers. */
  place(parameter: Parameter): Place | undefined {
    return this.places.get(parameter)
  }

  /** The buffers behind a chunk's vector. */
  vector(parameter: Parameter): Storage {
    const storage = this.storage.get(parameter)
    if (!storage)
      throw new InterplayError('engine/state', `a parameter ${spellShape(parameter.shape)} is not part of this state`)
    return storage
  }

  /** Bytes a vector takes, both buffers counted. */
  bytesOf(parameter: Parameter): number {
    const { front, back } = this.vector(parameter)
    return front.data.byteLength + (back?.data.byteLength ?? 0)
  }

  /** Makes what the last run wrote the current value. */
  swap(parameter: Parameter): void {
    const storage = this.vector(parameter)
    const { front, back } = storage
    if (!back) throw new InterplayError('engine/state', 'a table by rows is replaced row by row')
    storage.front = back
    storage.back = front
  }

  /** Replaces rows of a table by rows: distinct `ids`, and their values one after the other. */
  replaceRows(table: Parameter, ids: BigInt64Array, rows: ParameterArray): void {
    const { data } = this.vector(table).front
    const width = rows.length / Math.max(ids.length, 1)
    const words = lowWords(ids)
    for (let u = 0, from = 0; u < words.length; u += 2) {
      let to = words[u]! * width
      for (let j = 0; j < width; j++) data[to++] = rows[from++]!
    }
  }

  /** All tensors by name: a live view of the current values, valid until the next update. */
  *entries(): Iterable<readonly [name: string, tensor: StateTensor]> {
    for (const [name, parameter] of this.names) yield [name, this.read(parameter)]
  }

  /** The parameter of a full name; undefined for a name that the state does not have. */
  find(name: string): Parameter | undefined {
    return this.names.get(name)
  }

  /** The full name of a parameter: root and path. */
  nameOf(parameter: Parameter): string {
    for (const [name, own] of this.names) if (own === parameter) return name
    throw new InterplayError('engine/state', `a parameter ${spellShape(parameter.shape)} is not part of this state`)
  }

  /** A live view of one parameter's current values. */
  read(parameter: Parameter | string): StateTensor {
    const found = typeof parameter === 'string' ? this.named(parameter) : parameter
    const place = this.places.get(found)
    const vector = this.vector(place?.chunk.values ?? found).front.data as ParameterArray
    const offset = place?.offset ?? 0
    const data = vector.subarray(offset, offset + found.size) as ParameterArray
    return { dtype: found.dtype as ParameterType, dims: [...found.shape], data }
  }

  /** Replaces one parameter's values. */
  write(parameter: Parameter | string, values: ArrayLike<number>): void {
    const { data, dims } = this.read(parameter)
    if (values.length !== data.length) {
      const name = typeof parameter === 'string' ? `'${parameter}' ` : ''
      throw new InterplayError('model/weights', `${name}is ${spellShape(dims)}, ${values.length} values were given`)
    }
    data.set(values)
  }

  /** Replaces values by name; names that the state does not have, or that `tensors` leaves out, are an error. */
  load(tensors: Readonly<Record<string, HostTensor>>): void {
    for (const [name, parameter] of this.names) {
      const given = tensors[name]
      if (!given)
        throw new InterplayError('model/weights', `'${name}' ${spellShape(parameter.shape)} is not in the file`)
      if (spellShape(given.dims) !== spellShape(parameter.shape)) {
        throw new InterplayError(
          'model/weights',
          `'${name}' is ${spellShape(parameter.shape)}, the file has ${spellShape(given.dims)}`,
        )
      }
    }
    for (const [name, parameter] of this.names) this.write(parameter, tensors[name]!.data as ParameterArray)
  }

  private named(name: string): Parameter {
    const parameter = this.names.get(name)
    if (!parameter) throw new InterplayError('engine/state', `no parameter '${name}'`)
    return parameter
  }

  private lay(chunk: Chunk): void {
    let offset = 0
    for (const member of chunk.members) {
      if (this.places.has(member))
        throw new InterplayError('engine/state', 'a parameter belongs to two optimizer groups')
      this.places.set(member, { chunk, offset })
      offset += member.size
    }
    for (const vector of [chunk.values, ...Object.values(chunk.slots)]) {
      const make = (): HostTensor => ({
        dtype: vector.dtype,
        dims: [...vector.shape],
        data: allocate(vector.dtype, vector.size),
      })
      this.storage.set(vector, chunk.byRow ? { front: make() } : { front: make(), back: make() })
    }
  }

  /** Draws every parameter from (seed, its name), so that neither order nor grouping matters. */
  private initialize(): void {
    for (const [name, parameter] of this.names) {
      if (this.places.has(parameter))
        parameter.initialize(this.read(parameter).data, parameter.shape, new Random(this.seed, name))
    }
  }
}
