import {
  compile,
  concat,
  float32,
  type HostTensor,
  type Program,
  type State,
  type Tensor,
  type TensorType,
} from '../../../engine/index.ts'
import { wearing, type AdapterNetwork } from './adapter-network.ts'
import type { Computing } from '../../../system/index.ts'
import type { TextToImage } from './text-to-image.ts'

/** What the noise of some pictures is asked under. */
export interface Conditions {
  /** Features of a text a picture, [B, length, width]. */
  context: Float32Array
  /** Features of the empty text, [length, width]. */
  unconditional: Float32Array
  guidance: number
  /** A number a picture for each network of adapters. */
  scales?: readonly Float32Array[]
}

/** Classifier-free guidance (Ho and Salimans 2022): e(x, "") + g (e(x, text) - e(x, "")), both in one run. */
export class GuidedDenoiser {
  private readonly program: Program
  private readonly shape: readonly number[]

  /** `state` has the model and the networks. */
  constructor(model: TextToImage, state: State, networks: readonly AdapterNetwork[], { threads, device }: Computing) {
    const { picture, text } = model.options
    this.shape = [picture.channels, picture.side, picture.side]
    const scales = Object.fromEntries(networks.map((_, i) => [`scale.${i}`, float32(['batch'])]))
    this.program = compile({
      inputs: {
        x: float32(['batch', ...this.shape]),
        t: float32(['batch']),
        context: float32(['batch', text.length, text.width]),
        unconditional: float32([1, text.length, text.width]),
        guidance: float32([]),
        ...scales,
      } as Record<string, TensorType>,
      state,
      threads,
      device,
      trace: ({ x, t, context, unconditional, guidance, ...rest }) => {
        const worn = networks.map((network, i) => ({ network, scale: twice(rest[`scale.${i}`]!) }))
        const contexts = concat([unconditional!.expandLike(context!), context!], 0)
        const both = wearing(worn, () => model.denoise(twice(x!), twice(t!), contexts))
        const halves = both.reshape([2, 'batch', ...this.shape], [x!])
        const [without, told] = [0, 1].map(half => halves.slice(0, half, half + 1).squeeze(0)) as [Tensor, Tensor]
        return { outputs: { noise: without.add(told.sub(without).mul(guidance!)) } }
      },
    })
  }

  /** The noise in `x` [B, channels, side, side] at step t of all. */
  async noise(x: Float32Array, t: number, { context, unconditional, guidance, scales = [] }: Conditions) {
    const rows = x.length / this.shape.reduce((product, extent) => product * extent)
    const { noise } = (await this.program.run({
      x,
      t: new Float32Array(rows).fill(t),
      context,
      unconditional,
      guidance,
      ...Object.fromEntries(scales.map((scale, i) => [`scale.${i}`, scale])),
    })) as Record<string, HostTensor>
    return noise!.data as Float32Array
  }

  close(): Promise<void> {
    return this.program.close()
  }
}

const twice = (x: Tensor): Tensor => concat([x, x], 0)
