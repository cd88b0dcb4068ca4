import { compile, concat, float64, vjp, type HostTensor, type Tensor, type TensorType } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Dense } from '../../linear-algebra/index.ts'
import type { Random } from '../../random/index.ts'
import type { Network, NetworkData } from '../../system/index.ts'
import { add, positionsOf } from './activations.ts'
import { cotangents, type Probes } from './directions.ts'
import { atActivations, type IntegrationPoint } from './integration.ts'
import type { NodeLayer } from './layers.ts'
import { hostOf, sentAlong, withOne } from './sent.ts'
import { constantDerivative, traceSection, withConstant } from './section.ts'

/** Ways into and out of directions, of a layer's features and the constant 1 behind them: `into` [features + 1, directions], `back` its inverse. */
export interface Ways {
  into: Dense
  back: Dense
}

export const momentFormulas = ['jacobian', 'product', 'difference'] as const
export const edgeFormulas = ['squared', 'functional'] as const

/** Of what a section sends at the activations, f(1), and on the way to them, f(a): whose derivatives are taken. */
export interface DerivativeOptions {
  /** Where on the way; derivatives are summed over these points. Default: at the activations. */
  points?: readonly IntegrationPoint[]
  /** Each f(a) for itself, the sum of f(1) f(a), or of -(f(1) - f(a))^2. Default `jacobian`. */
  moment?: (typeof momentFormulas)[number]
  /** Each f(a), the effects being squared, or -(f(1) - f(a))^2. Default `squared`. */
  edge?: (typeof edgeFormulas)[number]
}

/** Sums over examples, undivided. */
export interface MomentSums {
  /** Of the derivative's outer product with itself, [features + 1, features + 1]. */
  moment: Float64Array
  /** Of its outer product with what stands there, of the same shape; stays 0 of the Jacobian. */
  effect: Float64Array
}

/**
 * First derivatives of the section between two layers, of what it sends along `out` [features + 1, directions]. Its input
 * is taken as features and a constant 1; the derivative for the constant is that of all biases of the section together,
 * shared evenly by the positions. On the way from nothing to the activations the constant grows with them.
 */
export class SectionDerivatives implements AsyncDisposable {
  private readonly moments
  private readonly edges
  /** How the section's end moves with the constant: the same for all directions, so once for each piece of the data. */
  private readonly pulls
  private readonly edgePulls
  private readonly momentFormula: (typeof momentFormulas)[number]
  private readonly edgeFormula: (typeof edgeFormulas)[number]

  constructor(
    network: Network,
    private readonly from: NodeLayer,
    private readonly to: NodeLayer,
    threads: number,
    { points = atActivations, moment = 'jacobian', edge = 'squared' }: DerivativeOptions = {},
  ) {
    this.momentFormula = moment
    this.edgeFormula = edge
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
      ...Object.fromEntries(points.map((_, k) => [pullOf(k), float64([...to.leading, to.width])])),
    }
    const end = (x: Tensor, leaves: Record<string, Tensor>) => traceSection(network, leaves, from, to, x)
    const ends = (x: Tensor, leaves: Record<string, Tensor>) =>
      points.map(({ at, weight }) => {
        const scaled = at === 1 ? x : x.mul(at)
        const y = end(scaled, leaves)
        return { x: scaled, y, at, weight, reached: withConstant(at, scaled, y) }
      })
    const derivative = (x: Tensor, leaves: Record<string, Tensor>, isDifference: boolean) => {
      const out = leaves['section.out']!
      const sent = isDifference ? along(out, end(x, leaves), 1) : undefined
      return ends(x, leaves)
        .map(({ x: scaled, y, at, weight, reached }, k) => {
          const asked = leaves['section.cotangent']!
          const cotangent = sent ? asked.mul(2).mul(sent.sub(along(out, reached(y), at))) : asked
          const slopes = inputDerivative({ x: scaled, y }, leaves[pullOf(k)]!, { out, cotangent })
          return reached(slopes, cotangent).mul(weight)
        })
        .reduce((sum, part) => sum.add(part))
    }
    const pulled = (x: Tensor, leaves: Record<string, Tensor>) => ({
      outputs: Object.fromEntries(
        ends(x, leaves).map(({ x: scaled, y, at, reached }, k) => [
          pullOf(k),
          reached(constantDerivative(scaled, y).cast('float64')).div(at),
        ]),
      ),
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
        const x = leaves['section.x']!
        const rows = derivative(x, leaves, moment === 'difference').reshape([-1, from.width + 1])
        const outputs: Record<string, Tensor> = { moment: rows.matmul(rows, { transposeA: true }) }
        if (moment !== 'jacobian')
          outputs.effect = rows.matmul(withOne(x).reshape([-1, from.width + 1]), { transposeA: true })
        return { outputs }
      },
    })
    this.edges = compile({
      ...common,
      inputs: { ...given, ...through, ...cotangent },
      trace: leaves => {
        const { sent, x } = back(leaves)
        const slopes = derivative(x, leaves, edge === 'functional')
        const moved = slopes.matmul(leaves['section.back']!.transpose()).mul(sent)
        const effect = from.leading.length === 2 ? moved.sum(1) : moved
        return { outputs: { edge: (edge === 'squared' ? effect.mul(effect) : effect).sum(0) } }
      },
    })
  }

  /**
   * M' = sum over outputs and positions of the derivative's outer product, over rows times input positions: added to
   * `sums` for the activations `x` of some examples, undivided. Only the Jacobian is of single outputs, or of `probes`.
   */
  async addMoment(
    sums: MomentSums,
    examples: NetworkData,
    { x, y }: SectionEnds,
    { out, probes, random }: { out: Dense; probes: Probes; random: Random },
  ): Promise<void> {
    const given = { ...examples.inputs, 'section.x': x }
    const feeds = { ...given, 'section.out': hostOf(out), ...(await this.pulls.run(given)) }
    const take = async (cotangent: HostTensor) => {
      const { moment, effect } = await this.moments.run({ ...feeds, 'section.cotangent': cotangent })
      this.check(moment!)
      add(sums.moment, moment!.data as Float64Array)
      if (effect) add(sums.effect, effect.data as Float64Array)
    }
    if (this.momentFormula === 'jacobian') {
      for (const { cotangent } of cotangents(extentsOf(y, out), probes, random))
        await take(cotangentOf(y, out, cotangent))
      return
    }
    if (this.momentFormula === 'product') return take(sentAlong(y, out))
    return take(cotangentOf(y, out, new Float64Array(countOf(y, out)).fill(1)))
  }

  /** The edges [directions, sources] of some examples, added to `sum`, undivided. */
  async addEdges(
    sum: Float64Array,
    examples: NetworkData,
    { x, y }: SectionEnds,
    { ways, out, probes, random }: { ways: Ways; out: Dense; probes: Probes; random: Random },
  ): Promise<void> {
    const through = { 'section.into': hostOf(ways.into), 'section.back': hostOf(ways.back) }
    const given = { ...examples.inputs, ...through, 'section.x': x }
    const feeds = { ...given, 'section.out': hostOf(out), ...(await this.edgePulls.run(given)) }
    const sources = ways.into.columns
    const addTo = async (direction: number, cotangent: Float64Array) => {
      const { edge } = await this.edges.run({ ...feeds, 'section.cotangent': cotangentOf(y, out, cotangent) })
      this.check(edge!)
      add(sum.subarray(direction * sources, (direction + 1) * sources), edge!.data as Float64Array)
    }
    if (this.edgeFormula === 'squared') {
      const each = { positions: probes.positions, directions: 0 }
      for (const { cotangent, direction } of cotangents(extentsOf(y, out), each, random))
        await addTo(direction!, cotangent)
      return
    }
    for (let direction = 0; direction < out.columns; direction++) {
      const own = new Float64Array(countOf(y, out))
      for (let at = direction; at < own.length; at += out.columns) own[at] = 1
      await addTo(direction, own)
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

/** f = [y, constant] out, in float64, where the constant is `at`. */
const along = (out: Tensor, y: Tensor, at: number): Tensor => {
  const width = y.shape.at(-1) as number
  return y
    .cast('float64')
    .matmul(out.slice(0, 0, width))
    .add(out.slice(0, width, width + 1).mul(at))
}

/** d (cotangent . f) / d [x, constant], in float64: of the leading axes of `x`. */
function inputDerivative(
  { x, y }: { x: Tensor; y: Tensor },
  pull: Tensor,
  { out, cotangent }: { out: Tensor; cotangent: Tensor },
): Tensor {
  const width = y.shape.at(-1) as number
  const sent = cotangent.matmul(out.slice(0, 0, width).transpose()).cast(y.dtype)
  const features = vjp([y], [x], [sent])[0]!.cast('float64')
  const pulled = withOne(pull).matmul(out).mul(cotangent)
  const axes = pulled.shape.flatMap((_, axis) => (axis === 0 ? [] : [axis]))
  const whole = pulled.sum(axes)
  const ones = features.slice(-1, 0, 1).onesLike()
  const share = x.rank === 3 ? ones.mul(whole.unsqueeze([1, 2])).div(features.countOf(1)) : ones.mul(whole.unsqueeze(1))
  return concat([features, share], -1)
}

const pullOf = (point: number): string => `section.pull.${point}`

const countOf = (y: HostTensor, out: Dense): number => extentsOf(y, out).reduce((product, each) => product * each)

const extentsOf = (y: HostTensor, { columns }: Dense) => [y.dims[0]!, positionsOf(y), columns] as const

const cotangentOf = (y: HostTensor, { columns }: Dense, data: Float64Array): HostTensor => ({
  dtype: 'float64',
  dims: [...y.dims.slice(0, -1), columns],
  data,
})
