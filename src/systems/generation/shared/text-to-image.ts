import type { Tensor } from '../../../engine/index.ts'
import { Module, TextEncoder, UNet, type TextEncoderOptions, type UNetOptions } from '../../../nn/index.ts'

export interface TextToImageOptions {
  /** Channels and pixels of a side of the pictures. */
  picture: { channels: number; side: number }
  /** Pixels of a side that become the channels of one place: the lossless first stage. */
  patch: number
  text: TextEncoderOptions
  network: Omit<UNetOptions, 'inputs' | 'context'>
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
    const { patch } = this.options
    return this.unet.forward(x.spaceToDepth(patch), t, context).depthToSpace(patch)
  }
}
