import { InterplayError } from '../../../errors/index.ts'
import { dense, type Dense } from '../../../linear-algebra/index.ts'
import { Random } from '../../../random/index.ts'
import {
  Activations,
  atActivations,
  checkExamples,
  countExamples,
  exact,
  outputLayer,
  pieces,
  positionsOf,
  SectionDerivatives,
  type DerivativeOptions,
  type Moments,
  type NodeLayer,
  type Probes,
  type SectionEnds,
} from '../../../lenses/network/index.ts'
import type { Network, NetworkData, RunContext } from '../../../system/index.ts'
import { asTheyAre, interactionBasis, neurons, principal, whiteningOf, type Basis } from './directions.ts'

export type BasisKind = 'lib' | 'pca' | 'neuron'

export interface BasisOptions {
  /** Node layers from input to output; the network's answer is the last, named or not. */
  layers: readonly string[]
  /** Directions of less variance or importance are dropped. */
  threshold: number
  /** Split the constant off, and measure from the mean. Default true. */
  centred?: boolean
  /** Turn the last layer to its principal directions. Default false: its features are taken as they are. */
  rotateFinal?: boolean
  /** Random signs in place of single outputs. Default: each exactly. */
  probes?: Probes
  /** What is looked at of the derivatives, and where. Default: squares of those at the activations. */
  derivatives?: DerivativeOptions
  /** Examples a run. Default 1024. */
  batch?: number
}

type Context = Pick<RunContext, 'seed' | 'threads' | 'signal' | 'progress'>

/**
 * The layers of a network with the sections between them, measured on data. Holds native memory until closed.
 *
 * Every layer's activations are taken with a constant 1 behind them, and the biases of a section as multiplied by it.
 */
export class Sections implements AsyncDisposable {
  readonly layers: readonly NodeLayer[]
  readonly activations: Activations
  private readonly derivatives: readonly SectionDerivatives[]
  private known: Promise<readonly Moments[]> | undefined
  private readonly options: Required<BasisOptions>

  /** @throws InterplayError `option/invalid`, `lens/needs`, `engine/name`, `onnx/name`, `data/*` */
  constructor(
    readonly network: Network,
    private readonly data: NetworkData,
    options: BasisOptions,
    private readonly context: Context,
  ) {
    checkExamples(network, data)
    this.options = { centred: true, rotateFinal: false, probes: exact, derivatives: {}, batch: 1024, ...options }
    checkFormulas(this.options.derivatives)
    this.activations = new Activations(network, layerNames(network, options.layers), context.threads)
    this.layers = this.activations.layers
    this.derivatives = this.layers
      .slice(1)
      .map((to, l) => new SectionDerivatives(network, this.layers[l]!, to, context.threads, this.options.derivatives))
  }

  /** A basis of every layer, from the last to the first: each looks at the next one's. */
  async bases(kind: BasisKind): Promise<Basis[]> {
    const { centred, rotateFinal, threshold } = this.options
    const moments = await this.moments()
    const last = moments.length - 1
    const final = rotateFinal
      ? principal(whiteningOf(moments[last]!, centred, threshold))
      : asTheyAre(this.layers[last]!.width)
    const bases = [final]
    for (let l = last - 1; l >= 0; l--) bases.unshift(await this.basis(kind, l, moments[l]!, bases[0]!))
    return bases
  }

  /** Mean and second moment of every layer, measured once. */
  private moments(): Promise<readonly Moments[]> {
    const { centred, batch } = this.options
    this.known ??= this.activations.moments(this.data, { centred, batch, signal: this.context.signal })
    return this.known
  }

  private async basis(kind: BasisKind, l: number, moments: Moments, next: Basis): Promise<Basis> {
    const { centred, threshold } = this.options
    if (kind === 'neuron') return neurons(moments)
    const whitening = whiteningOf(moments, centred, threshold)
    if (kind === 'pca') return principal(whitening)
    const { moment, effect } = await this.derivativeMoments(l, next)
    return interactionBasis(whitening, moment, threshold, effect)
  }

  /**
   * M' [features + 1, features + 1] of the section behind a layer, as seen from the directions of the next (section 3), and
   * Lambda' where the formula has one.
   */
  async derivativeMoments(l: number, next: Basis): Promise<{ moment: Dense; effect?: Dense }> {
    const { probes, derivatives } = this.options
    const random = new Random(this.context.seed, `lib.moment.${l}`)
    const size = this.layers[l]!.width + 1
    const [moment, effect] = [dense(size, size), dense(size, size)]
    const sums = { moment: moment.data, effect: effect.data }
    const positions = await this.each(`basis of ${this.layers[l]!.name}`, l, (piece, ends) =>
      this.derivatives[l]!.addMoment(sums, piece, ends, { out: next.into, probes, random }),
    )
    const divisor = countExamples(this.data) * positions
    if (derivatives.moment !== undefined && derivatives.moment !== 'jacobian')
      return { moment: divided(moment, divisor), effect: divided(effect, divisor) }
    return { moment: divided(moment, divisor * (probes.positions || 1) * (probes.directions || 1)) }
  }

  /** E [directions of the next layer, directions] of each section (section 4). */
  async edges(bases: readonly Basis[]): Promise<Dense[]> {
    const { probes, derivatives } = this.options
    const found: Dense[] = []
    for (const [l, basis] of bases.slice(0, -1).entries()) {
      const random = new Random(this.context.seed, `lib.edges.${l}`)
      const out = bases[l + 1]!.into
      const edges = dense(out.columns, basis.into.columns)
      const positions = await this.each(`edges from ${this.layers[l]!.name}`, l, (piece, ends) =>
        this.derivatives[l]!.addEdges(edges.data, piece, ends, { ways: basis, out, probes, random }),
      )
      const probed = derivatives.edge === 'functional' ? 1 : probes.positions || 1
      found.push(divided(edges, countExamples(this.data) * positions * probed))
    }
    return found
  }

  async close(): Promise<void> {
    await Promise.all([this.activations, ...this.derivatives].map(each => each.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Goes through the data with the activations at both ends of a section; returns the positions of the first. */
  private async each(
    stage: string,
    l: number,
    use: (piece: NetworkData, ends: SectionEnds) => Promise<void>,
  ): Promise<number> {
    const { signal, progress } = this.context
    const total = countExamples(this.data)
    let [done, positions] = [0, 1]
    for (const piece of pieces(this.data, this.options.batch)) {
      signal?.throwIfAborted()
      const values = await this.activations.of(piece)
      const [x, y] = [values[l]!, values[l + 1]!]
      positions = positionsOf(x)
      await use(piece, { x, y })
      done += countExamples(piece)
      progress({ stage, done, total })
    }
    return positions
  }
}

const divided = (a: Dense, divisor: number): Dense => ({ ...a, data: a.data.map(value => value / divisor) })

/** Throws `option/conflict` where f(1) - f(a) is asked about and a is 1 alone. */
function checkFormulas({ points = atActivations, moment, edge }: DerivativeOptions): void {
  if (points.some(({ at }) => at !== 1)) return
  const asked = edge === 'functional' ? 'edges=functional' : moment === 'difference' ? 'formula=difference' : undefined
  if (!asked) return
  throw new InterplayError('option/conflict', `${asked} is nothing at the activations themselves`, {
    why: 'it is of what a section sends there less what it sends on the way there',
    where: `--set ${asked}`,
    try: '--set integration=trapezoid',
  })
}

/** The layers asked for, or the network's own, with its answer behind them. */
export function layerNames(network: Network, asked: readonly string[]): string[] {
  const names = asked.length > 0 ? asked : (network.layers ?? [])
  const inner = names.at(-1) === outputLayer ? names.slice(0, -1) : names
  const twice = inner.find((name, l) => inner.indexOf(name) < l)
  if (inner.length === 0 || twice !== undefined) {
    throw new InterplayError(
      'option/invalid',
      twice === undefined
        ? `'${network.name}' needs the names of its node layers`
        : `the layer '${twice}' is given twice`,
      { where: '--at', try: '--at LAYER,... from input to output' },
    )
  }
  return [...inner, outputLayer]
}
