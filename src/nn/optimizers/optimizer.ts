import {
  Chunk,
  concat,
  grad,
  hostValue,
  touchedRows,
  type FlatOwner,
  type Parameter,
  type Rows,
  type State,
  type Tensor,
  type Updates,
} from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'

/** Parameters that share their settings. */
export interface ParameterGroup {
  name: string
  parameters: readonly Parameter[]
  /** lambda of the penalty lambda / 2 ||w||^2, whose gradient lambda w joins the loss's. */
  l2?: number
  /** Embedding tables of at least this many elements move only in the rows that a batch touches. Default `largeTable`. */
  largeTable?: number
  /**
   * Keeps an average of the weights beside them, of which a step keeps this share: near 1, 0.999 say; less in the first
   * steps, (1 + t) / (10 + t). `swapAverages` puts it in their place.
   */
  average?: number
}

/**
 * Elements from which a table's step is cheaper by rows: measured at 4,096 rows of 10 ids, dense Adam and rows break even at
 * three to four million.
 */
export const largeTable = 4_000_000

/** Whether a parameter moves by rows: a large table whose rows carry no penalty, since a penalty moves every row. */
export const movesByRow = (parameter: Parameter, group: Pick<ParameterGroup, 'l2' | 'largeTable'>): boolean =>
  parameter.role === 'embedding' &&
  parameter.shape.length === 2 &&
  !group.l2 &&
  parameter.size >= (group.largeTable ?? largeTable)

/** What a step moves: flat vectors, or the touched rows of a table. */
export interface Movable {
  readonly values: Tensor
  readonly slots: Readonly<Record<string, Tensor>>
}

export interface StepOptions {
  /** Scalar; usually an input of the program, so that schedules need no new graph. */
  learningRate: Tensor
  /** Gradients of all groups together are scaled down to this norm. */
  clipNorm?: number
  /** Every element of the gradient is first held within [-clipValue, clipValue]. */
  clipValue?: number
}

/**
 * Moves parameters against the gradient of a loss, on flat vectors: one update a vector, however many parameters. Of a large
 * table only the rows of the batch move, with their slots; for rules that leave a row without gradient as it is (gradient
 * descent, Adagrad, FTRL) that is the same, for rules with momentum rows keep their moments until they are next touched.
 */
export abstract class Optimizer implements FlatOwner {
  readonly chunks: readonly Chunk[]
  private readonly penalties = new Map<Chunk, number>()
  private readonly averages = new Map<Chunk, Tensor>()

  constructor(groups: readonly ParameterGroup[], slots: readonly string[]) {
    const chunks: Chunk[] = []
    for (const group of groups) {
      const { name, parameters, l2 = 0, average } = group
      const tables = parameters.filter(parameter => movesByRow(parameter, group))
      const rest = parameters.filter(parameter => !tables.includes(parameter))
      if (average !== undefined && tables.length > 0)
        throw new InterplayError('engine/trace', `'${name}' has a table that moves by rows: it is not averaged`, {
          try: 'a larger `largeTable` for its group, so that the whole table moves',
        })
      const packed = Chunk.pack(name, rest, average === undefined ? slots : [...slots, averageSlot])
      chunks.push(...packed)
      chunks.push(...tables.map((table, i) => new Chunk(`${name}.table.${i}`, [table], slots, 'float32', true)))
      for (const chunk of chunks) if (!this.penalties.has(chunk)) this.penalties.set(chunk, l2)
      if (average === undefined) continue
      const share = perStep('AverageShare', 1, t => [Math.min(average, t / (9 + t))]).at(0)
      for (const chunk of packed) this.averages.set(chunk, share)
    }
    this.chunks = chunks
  }

  /** The parameters it moves. */
  get members(): Parameter[] {
    return this.chunks.flatMap(chunk => [...chunk.members])
  }

  /** New values of parameters and slots after one step on a scalar loss. */
  step(loss: Tensor, options: StepOptions): Updates {
    return this.along(gradientsOf(loss, this.members), options)
  }

  /** New values after one step along gradients by parameter, so that several optimizers share one backward pass. */
  along(gradients: ReadonlyMap<Parameter, Tensor>, options: StepOptions): Updates {
    const touched = this.chunks.map(chunk => (chunk.byRow ? rowsOf(gradients.get(chunk.members[0]!)!) : undefined))
    const flat = this.chunks.map((chunk, c) => touched[c]?.values ?? this.flatGradient(chunk, gradients))
    return this.apply(flat, touched, options)
  }

  /** Gradients of a loss on the flat vectors, penalties included: what micro-batches add up. */
  gradients(loss: Tensor): Tensor[] {
    const table = this.chunks.find(chunk => chunk.byRow)
    if (table) throw new InterplayError('engine/trace', `'${table.name}' moves by rows: its gradients are not added up`)
    const gradients = gradientsOf(loss, this.members)
    return this.chunks.map(chunk => this.flatGradient(chunk, gradients))
  }

  /** New values after one step along gradients of the flat vectors, or of the touched rows of some. */
  apply(
    gradients: readonly Tensor[],
    touched: readonly (Rows | undefined)[],
    { learningRate, clipNorm, clipValue }: StepOptions,
  ): Updates {
    const held = clipValue === undefined ? gradients : gradients.map(gradient => gradient.clip(-clipValue, clipValue))
    const clipped = clipNorm === undefined ? held : clipGlobalNorm(held, clipNorm)
    return this.chunks.flatMap((chunk, i): (readonly [Parameter, Tensor | Rows])[] => {
      const rows = touched[i]
      const vectors = [chunk.values, ...Object.values(chunk.slots)]
      if (!rows) {
        const moves = [...this.move(chunk, clipped[i]!, learningRate)]
        return this.averaged(chunk, moves).map(([own, next]) => [own as Parameter, next])
      }
      const ids = rows.ids.reshape([rows.values.shape[0]!])
      const now = (vector: Parameter) => vector.gather(ids, 0)
      const slots = Object.fromEntries(Object.entries(chunk.slots).map(([slot, vector]) => [slot, now(vector)]))
      const movable = { values: now(chunk.values), slots }
      const views = [movable.values, ...Object.values(slots)]
      return [...this.move(movable, clipped[i]!, learningRate)].map(([view, values]) => [
        vectors[views.indexOf(view)]!,
        { ids: rows.ids, values },
      ])
    })
  }

  private flatGradient(chunk: Chunk, gradients: ReadonlyMap<Parameter, Tensor>): Tensor {
    const gradient = concat(
      chunk.members.map(member => gradients.get(member)!.reshape([member.size])),
      0,
    )
    const l2 = this.penalties.get(chunk)!
    return l2 === 0 ? gradient : gradient.add(chunk.values.mul(l2))
  }

  private averaged(
    chunk: Chunk,
    moves: readonly (readonly [Tensor, Tensor])[],
  ): readonly (readonly [Tensor, Tensor])[] {
    const share = this.averages.get(chunk)
    if (!share) return moves
    const moved = moves.find(([own]) => own === chunk.values)![1]
    const average = chunk.slots[averageSlot]!
    return [...moves, [average, moved.add(average.sub(moved).mul(share))]]
  }

  /** The new values of what is moved and of its slots. */
  protected abstract move(now: Movable, gradient: Tensor, learningRate: Tensor): Iterable<readonly [Tensor, Tensor]>
}

const averageSlot = 'average'

/** Lets the weights of averaged groups and their averages change places; twice is as before. */
export function swapAverages(state: State, { chunks }: Optimizer): void {
  for (const { values, slots } of chunks) {
    const average = slots[averageSlot]
    if (!average) continue
    const [own, other] = [values, average].map(vector => state.vector(vector).front.data as Float32Array)
    const kept = own!.slice()
    own!.set(other!)
    other!.set(kept)
  }
}

/** The gradient of a scalar loss by parameter. */
export function gradientsOf(loss: Tensor, parameters: readonly Parameter[]): Map<Parameter, Tensor> {
  return new Map(grad(loss, parameters).map((gradient, i) => [parameters[i]!, gradient]))
}

function rowsOf(gradient: Tensor): Rows {
  const rows = touchedRows(gradient)
  if (rows) return rows
  throw new InterplayError('engine/trace', 'a table that moves by rows must be looked up once, by fed ids', {
    try: 'a larger `largeTable` for its group, so that the whole table moves',
  })
}

/** Scales gradients by min(1, limit / norm), the norm taken over all of them. */
export function clipGlobalNorm(gradients: readonly Tensor[], limit: number): Tensor[] {
  const total = gradients.map(gradient => gradient.sumSquares()).reduce((sum, part) => sum.add(part))
  const scale = total.sqrt().add(1e-6).reciprocal().mul(limit).minimum(1)
  return gradients.map(gradient => gradient.mul(scale))
}

/** A float32 vector of numbers that depend on the number t of the step (from 1), computed in double precision. */
export const perStep = (name: string, length: number, values: (t: number) => number[]): Tensor =>
  hostValue(name, [], { dtype: 'float32', shape: [length] }, (_, context) => {
    context.output(0).set(values(context.step + 1) as never)
  })
