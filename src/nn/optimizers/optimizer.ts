import {
  Chunk,
  concat,
  grad,
  hostValue,
  type FlatOwner,
  type Parameter,
  type Tensor,
  type Updates,
} from '../../engine/index.ts'

/** Parameters that share their settings. */
export interface ParameterGroup {
  name: string
  parameters: readonly Parameter[]
  /** lambda of the penalty lambda / 2 ||w||^2, whose gradient lambda w joins the loss's. */
  l2?: number
}

export interface StepOptions {
  /** Scalar; usually an input of the program, so that schedules need no new graph. */
  learningRate: Tensor
  /** Gradients of all groups together are scaled down to this norm. */
  clipNorm?: number
  /** Every element of the gradient is first held within [-clipValue, clipValue]. */
  clipValue?: number
}

/** Moves parameters against the gradient of a loss, on flat vectors: one update a vector, however many parameters. */
export abstract class Optimizer implements FlatOwner {
  readonly chunks: readonly Chunk[]
  private readonly penalties = new Map<Chunk, number>()

  constructor(groups: readonly ParameterGroup[], slots: readonly string[]) {
    const chunks: Chunk[] = []
    for (const { name, parameters, l2 = 0 } of groups) {
      for (const chunk of Chunk.pack(name, parameters, slots)) {
        chunks.push(chunk)
        this.penalties.set(chunk, l2)
      }
    }
    this.chunks = chunks
  }

  /** New values of parameters and slots after one step on a scalar loss. */
  step(loss: Tensor, { learningRate, clipNorm, clipValue }: StepOptions): Updates {
    const members = this.chunks.flatMap(chunk => chunk.members)
    const gradients = new Map(grad(loss, members).map((gradient, i) => [members[i]!, gradient]))
    const flat = this.chunks.map(chunk => {
      const parts = chunk.members.map(member => gradients.get(member)!.reshape([member.size]))
      const gradient = concat(parts, 0)
      const l2 = this.penalties.get(chunk)!
      return l2 === 0 ? gradient : gradient.add(chunk.values.mul(l2))
    })
    const held = clipValue === undefined ? flat : flat.map(gradient => gradient.clip(-clipValue, clipValue))
    const clipped = clipNorm === undefined ? held : clipGlobalNorm(held, clipNorm)
    return this.chunks.flatMap((chunk, i) => [...this.move(chunk, clipped[i]!, learningRate)])
  }

  /** The update of one flat vector and its slots. */
  protected abstract move(chunk: Chunk, gradient: Tensor, learningRate: Tensor): Iterable<readonly [Parameter, Tensor]>
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
