import { compile, float64, type HostTensor, type Tensor, type TensorType } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Network, NetworkData } from '../../system/index.ts'
import { dense, type Dense } from '../../linear-algebra/index.ts'
import { countExamples, pieces } from './examples.ts'
import { tracedLayers, type NodeLayer } from './layers.ts'

/** Mean and second moment of a layer over examples and positions. */
export interface Moments {
  /** [features] */
  mean: Float64Array
  /** [features, features] about `centre`. */
  gram: Dense
  /** The mean, or zeros. */
  centre: Float64Array
}

/** What stands at the layers of a network, and sums of it that never leave the graph. */
export class Activations implements AsyncDisposable {
  readonly layers: readonly NodeLayer[]
  private readonly values
  private readonly sums
  private readonly grams

  /** @throws InterplayError `engine/name`, `onnx/name`, `lens/needs` */
  constructor(network: Network, names: readonly string[], threads: number) {
    const { inputs, state } = network
    let layers: readonly NodeLayer[] = []
    const program = (
      centres: Record<string, TensorType>,
      outputs: (value: Tensor, l: number, leaves: Record<string, Tensor>) => Tensor,
    ) =>
      compile({
        inputs: { ...inputs, ...centres },
        state,
        threads,
        trace: leaves => {
          const { layers: found, values } = tracedLayers(network, names, leaves)
          layers = found
          return { outputs: Object.fromEntries(values.map((value, l) => [`${l}`, outputs(value, l, leaves)])) }
        },
      })
    this.values = program({}, value => value)
    this.layers = layers
    this.sums = program({}, value => rowsOf(value).sum(0))
    const centres = Object.fromEntries(this.layers.map(({ width }, l) => [`centre.${l}`, float64([width])]))
    this.grams = program(centres, (value, l, leaves) => {
      const shifted = rowsOf(value).sub(leaves[`centre.${l}`]!)
      return shifted.matmul(shifted, { transposeA: true })
    })
  }

  /** What stands at each layer, for some examples. */
  async of(examples: NetworkData): Promise<HostTensor[]> {
    const values = await this.values.run(examples.inputs)
    return this.layers.map((_, l) => values[`${l}`]!)
  }

  /** Means, then second moments about them (or about 0), in float64. */
  async moments(
    data: NetworkData,
    { centred, batch, signal }: { centred: boolean; batch: number; signal?: AbortSignal },
  ): Promise<Moments[]> {
    const sums = this.layers.map(({ width }) => new Float64Array(width))
    const places = this.layers.map(() => 0)
    for (const piece of pieces(data, batch)) {
      signal?.throwIfAborted()
      const found = await this.sums.run(piece.inputs)
      sums.forEach((sum, l) => add(sum, found[`${l}`]!.data as Float64Array))
      if (places[0] === 0) for (const [l, value] of (await this.of(piece)).entries()) places[l] = positionsOf(value)
    }
    const counts = places.map(positions => positions * countExamples(data))
    const means = sums.map((sum, l) => sum.map(value => value / counts[l]!))
    means.forEach((mean, l) => expectFinite(this.layers[l]!.name, mean))
    const centres = means.map(mean => (centred ? mean : new Float64Array(mean.length)))
    const grams = this.layers.map(({ width }) => dense(width, width))
    for (const piece of pieces(data, batch)) {
      signal?.throwIfAborted()
      const fed = Object.fromEntries(centres.map((centre, l) => [`centre.${l}`, centre]))
      const found = await this.grams.run({ ...piece.inputs, ...fed })
      grams.forEach((gram, l) => add(gram.data, found[`${l}`]!.data as Float64Array))
    }
    grams.forEach(({ data: values }, l) => values.forEach((value, i) => (values[i] = value / counts[l]!)))
    return grams.map((gram, l) => ({ mean: means[l]!, gram, centre: centres[l]! }))
  }

  async close(): Promise<void> {
    await Promise.all([this.values.close(), this.sums.close(), this.grams.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function expectFinite(layer: string, mean: Float64Array): void {
  if (mean.every(Number.isFinite)) return
  throw new InterplayError('lens/not-finite', `'${layer}' is not finite on the data`)
}

/** Rows and positions in one axis, in float64. */
const rowsOf = (x: Tensor): Tensor => x.cast('float64').reshape([-1, x.shape.at(-1)!])

/** Positions of a value [rows, features] or [rows, positions, features]. */
export const positionsOf = ({ dims }: HostTensor): number => (dims.length === 3 ? dims[1]! : 1)

export function add(sum: Float64Array, part: ArrayLike<number>): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!
}
