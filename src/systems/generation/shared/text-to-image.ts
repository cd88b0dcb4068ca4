import { constant, type Tensor } from '../../../engine/index.ts'
import {
  Module,
  noiseSchedule,
  TextEncoder,
  UNet,
  type ScheduleKind,
  type TextEncoderOptions,
  type UNetOptions,
} from '../../../nn/index.ts'

export interface TextToImageOptions {
  /** Channels and pixels of a side of the pictures. */
  picture: { channels: number; side: number }
  /** Pixels of a side that become the channels of one place: the lossless first stage. */
  patch: number
  text: TextEncoderOptions
  network: Omit<UNetOptions, 'inputs' | 'context'>
  schedule: ScheduleKind
  /** What the network itself foretells. */
  target: 'noise' | 'velocity'
}

/** A denoiser told by a text what to see; pictures are folded into fewer places of more channels. */
export class TextToImage extends Module {
  readonly text: TextEncoder
  readonly unet: UNet

  constructor(readonly options: TextToImageOptions) {
    super()
    const { picture, patch, text, network } = options
    this.text = new TextEncoder(text)
    this.unet = new UNet({ ...network, inputs: picture.channels * patch ** 2, context: text.width })
  }

  /** Ids int32 [B, length] to features [B, length, width]. */
  encode(ids: Tensor): Tensor {
    return this.text.forward(ids)
  }

  /** The noise in pictures [B, channels, side, side] at steps [B], told a text's features. */
  denoise(x: Tensor, t: Tensor, context: Tensor): Tensor {
    return this.noiseIn(this.foretell(x, t, context), x, t)
  }

  /** The noise that what the network foretold of `x` stands for. */
  noiseIn(foretold: Tensor, x: Tensor, t: Tensor): Tensor {
    if (this.options.target === 'noise') return foretold
    const { signal, steps } = noiseSchedule(this.options.schedule)
    const at = t.cast('int32')
    const share = (of: (left: number) => number) =>
      constant(Float32Array.from(signal, of), [steps]).gather(at).unsqueeze(-1).unsqueeze(-1).unsqueeze(-1)
    return foretold.mul(share(Math.sqrt)).add(x.mul(share(left => Math.sqrt(1 - left))))
  }

  /** What the network is taught: the noise, or the velocity v with e = sqrt(abar) v + sqrt(1 - abar) x. */
  foretell(x: Tensor, t: Tensor, context: Tensor): Tensor {
    const { patch } = this.options
    return this.unet.forward(x.spaceToDepth(patch), t, context).depthToSpace(patch)
  }
}
