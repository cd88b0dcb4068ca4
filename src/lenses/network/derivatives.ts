import { compile, concat, float64, vjp, type HostTensor, type Tensor, type TensorType } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Dense } from '../../linear-algebra/index.ts'
import type { Random } from '../../random/index.ts'
import type { Network, NetworkData } from '../../system/index.ts'
import { add, positionsOf } from './activations.ts'
import { cotangents, type Probes } from './directions.ts'
import type { NodeLayer } from './layers.ts'
import { constantDerivative, traceSection } from './section.ts'

/** Ways into and out of directions, of a layer's features and the constant 1 behind them: `into` [features + 1, directions], `back` its inverse. */
export interface Ways {
  into: Dense
  back: Dense
}

/**
 * First derivatives of the section between two layers, of what it sends along `out` [features + 1, directions]. Its input
 * is taken as features and a constant 1; the derivative for the constant is that of all biases of the section together,
 * shared evenly by the positions.
 */
export class SectionDerivatives implements AsyncDisposable {
  private readonly moments
  private readonly edges
  /** How the section's end moves with the constant: the same for all directions, so once for each piece of the data. */
  private readonly pulls
  private readonly edgePulls

  constructor(
    network: Network,
    private readonly from: NodeLayer,
    private readonly to: NodeLayer,
    threads: number,
  ) {
    const common = { state: network.state, threads }
    const given: Record<string, TensorType> = {
      ...network.inputs,
      'section.x': { dtype: from.dtype, shape: [...from.leading, from.width] },
    }
    const through: Record<string, TensorType> = {
      'section.into': float64([from.width + 1, 'section.sources']),
      'section.back': float64(['section.sources', from.width + 1]),
    }
    const cotangent: Record<string, TensorType> = {
      'section.cotangent': float64([...to.leading, 'section.directions']),
      'section.out': float64([to.width + 1, 'section.directions']),
      'section.pull': float64([...to.leading, to.width]),
    }
    const end = (x: Tensor, leaves: Record<string, Tensor>) => traceSection(network, leaves, from, to, x)
    const derivative = (x: Tensor, leaves: Record<string, Tensor>) => inputDerivative(x, end(x, leaves), leaves)
    const pulled = (x: Tensor, leaves: Record<string, Tensor>) => ({
      outputs: { pull: constantDerivative(x, end(x, leaves)).cast('float64') },
    })
    const back = (leaves: Record<string, Tensor>) => {
      const sent = withOne(leaves['section.x']!).matmul(leaves['section.into']!)
      return { sent, x: sent.matmul(leaves['section.back']!).slice(-1, 0, from.width).cast(from.dtype) }
    }
    this.pulls = compile({ ...common, inputs: given, trace: leaves => pulled(leaves['section.x']!, leaves) })
    this.edgePulls = compile({
      ...common,
      inputs: { ...given, ...through },
      trace: leaves => pulled(back(leaves).x, leaves),
    })
    this.moments = compile({
      ...common,
      inputs: { ...given, ...cotangent },
      trace: leaves => {
        const rows = derivative(leaves['section.x']!, leaves).reshape([-1, from.width + 1])
        return { outputs: { moment: rows.matmul(rows, { transposeA: true }) } }
      },
    })
    this.edges = compile({
      ...common,
      inputs: { ...given, ...through, ...cotangent },
      trace: leaves => {
        const { sent, x } = back(leaves)
        const moved = derivative(x, leaves).matmul(leaves['section.back']!.transpose()).mul(sent)
        const effect = from.leading.length === 2 ? moved.sum(1) : moved
        return { outputs: { edge: effect.mul(effect).sum(0) } }
      },
    })
  }

  /**
   * M' = sum over outputs and positions of the derivative's outer product, over rows times input positions: added to
   * `sum` [features + 1, features + 1] for the activations `x` of some examples, undivided.
   */
  async addMoment(
    sum: Float64Array,
    examples: NetworkData,
    { x, y }: SectionEnds,
    { out, probes, random }: { out: Dense; probes: Probes; random: Random },
  ): Promise<void> {
    const given = { ...examples.inputs, 'section.x': x }
    const { pull } = await this.pulls.run(given)
    const feeds = { ...given, 'section.out': hostOf(out), 'section.pull': pull! }
    for (const { cotangent } of cotangents(extentsOf(y, out), probes, random)) {
      const { moment } = await this.moments.run({ ...feeds, 'section.cotangent': cotangentOf(y, out, cotangent) })
      this.check(moment!)
      add(sum, moment!.data as Float64Array)
    }
  }

  /** The squared edges [directions, sources] of some examples, added to `sum`, undivided. */
  async addEdges(
    sum: Float64Array,
    examples: NetworkData,
    { x, y }: SectionEnds,
    { ways, out, probes, random }: { ways: Ways; out: Dense; probes: Probes; random: Random },
  ): Promise<void> {
    const through = { 'section.into': hostOf(ways.into), 'section.back': hostOf(ways.back) }
    const given = { ...examples.inputs, ...through, 'section.x': x }
    const { pull } = await this.edgePulls.run(given)
    const feeds = { ...given, 'section.out': hostOf(out), 'section.pull': pull! }
    const sources = ways.into.columns
    const each = { positions: probes.positions, directions: 0 }
    for (const { cotangent, direction } of cotangents(extentsOf(y, out), each, random)) {
      const { edge } = await this.edges.run({ ...feeds, 'section.cotangent': cotangentOf(y, out, cotangent) })
      this.check(edge!)
      add(sum.subarray(direction! * sources, (direction! + 1) * sources), edge!.data as Float64Array)
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.moments, this.edges, this.pulls, this.edgePulls].map(each => each.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private check({ data }: HostTensor): void {
    if ((data as Float64Array).every(Number.isFinite)) return
    throw new InterplayError('lens/not-finite', `derivatives from '${this.from.name}' to '${this.to.name}' overflow`, {
      why: 'the activations are not finite, or the section has a slope without bound on the data',
      try: '--at other layers, or data without extreme values',
    })
  }
}

/** Activations of some examples at both ends of a section. */
export interface SectionEnds {
  x: HostTensor
  y: HostTensor
}

/** d (cotangent . [y, 1] out) / d [x, constant], in float64: of the leading axes of `x`. */
function inputDerivative(x: Tensor, y: Tensor, leaves: Record<string, Tensor>): Tensor {
  const [out, cotangent] = [leaves['section.out']!, leaves['section.cotangent']!]
  const width = y.shape.at(-1) as number
  const sent = cotangent.matmul(out.slice(0, 0, width).transpose()).cast(y.dtype)
  const features = vjp([y], [x], [sent])[0]!.cast('float64')
  const pulled = withOne(leaves['section.pull']!).matmul(out).mul(cotangent)
  const axes = pulled.shape.flatMap((_, axis) => (axis === 0 ? [] : [axis]))
  const whole = pulled.sum(axes)
  const ones = features.slice(-1, 0, 1).onesLike()
  const share = x.rank === 3 ? ones.mul(whole.unsqueeze([1, 2])).div(features.countOf(1)) : ones.mul(whole.unsqueeze(1))
  return concat([features, share], -1)
}

/** [x, 1] in float64. */
export function withOne(x: Tensor): Tensor {
  const values = x.cast('float64')
  return concat([values, values.slice(-1, 0, 1).onesLike()], -1)
}

const extentsOf = (y: HostTensor, { columns }: Dense) => [y.dims[0]!, positionsOf(y), columns] as const

const cotangentOf = (y: HostTensor, { columns }: Dense, data: Float64Array): HostTensor => ({
  dtype: 'float64',
  dims: [...y.dims.slice(0, -1), columns],
  data,
})

export const hostOf = ({ rows, columns, data }: Dense): HostTensor => ({
  dtype: 'float64',
  dims: [rows, columns],
  data,
})
