import { Parameter, type Tensor } from '../../engine/index.ts'
import { ones, zeros } from '../initializers.ts'
import { Module } from '../module.ts'

/**
 * Normalises each sample of [N, C, ...] over the channels of each of `groups` groups and all positions, then scales and
 * shifts each channel (Wu and He 2018).
 */
export class GroupNorm extends Module {
  readonly weight: Parameter
  readonly bias: Parameter

  constructor(
    private readonly groups: number,
    channels: number,
    private readonly epsilon = 1e-5,
  ) {
    super()
    this.weight = new Parameter([channels], ones)
    this.bias = new Parameter([channels], zeros)
  }

  forward(x: Tensor): Tensor {
    return x.groupNorm(this.groups, this.weight, this.bias, this.epsilon)
  }
}
