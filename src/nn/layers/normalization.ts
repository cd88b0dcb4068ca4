import { Parameter, type BatchStatistics, type Tensor } from '../../engine/index.ts'
import { ones, zeros } from '../initializers.ts'
import type { Mode } from '../mode.ts'
import { Module } from '../module.ts'
import type { Linear } from './linear.ts'

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts it (Ba et al. 2016). */
export class LayerNorm extends Module {
  readonly weight: Parameter
  readonly bias: Parameter

  constructor(
    width: number,
    private readonly epsilon = 1e-5,
  ) {
    super()
    this.weight = new Parameter([width], ones)
    this.bias = new Parameter([width], zeros)
  }

  forward(x: Tensor): Tensor {
    return x.layerNorm(this.weight, this.bias, this.epsilon)
  }
}

/**
 * Normalises each channel (the last axis of [N, C], axis 1 of higher ranks) by the batch while training, by running
 * statistics afterwards (Ioffe and Szegedy 2015). The running variance is unbiased, as PyTorch's.
 */
export class BatchNorm extends Module {
  readonly weight: Parameter
  readonly bias: Parameter
  readonly runningMean: Parameter
  readonly runningVariance: Parameter

  constructor(
    channels: number,
    private readonly epsilon = 1e-5,
    private readonly momentum = 0.1,
  ) {
    super()
    this.weight = new Parameter([channels], ones)
    this.bias = new Parameter([channels], zeros)
    this.runningMean = new Parameter([channels], zeros, { role: 'buffer' })
    this.runningVariance = new Parameter([channels], ones, { role: 'buffer' })
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const { weight, bias, runningMean, runningVariance, epsilon } = this
    if (!mode.training) return x.normalize(runningMean, runningVariance, weight, bias, epsilon)
    return this.moving(x.batchNorm(weight, bias, epsilon), mode)
  }

  /** Weight and bias of a layer that does what `layer` followed by this norm does after training; `weight` [outputs, ...]. */
  folded({ weight, bias }: { weight: Tensor; bias?: Tensor }): { weight: Tensor; bias: Tensor } {
    const gain = this.weight.div(this.runningVariance.add(this.epsilon).sqrt())
    const perOutput = gain.reshape([gain.shape[0]!, ...weight.shape.slice(1).map(() => 1)])
    const shift = this.bias.sub(this.runningMean.mul(gain))
    return { weight: weight.mul(perOutput), bias: bias ? bias.mul(gain).add(shift) : shift }
  }

  /** The norm of a linear layer's output: the same function of [N, inputs] as one after the other, in fewer passes. */
  forwardAfter(linear: Linear, x: Tensor, mode: Mode): Tensor {
    if (!mode.training || x.rank !== 2) return this.forward(linear.forward(x), mode)
    return this.moving(x.linearBatchNorm(linear.weight, linear.bias, this.weight, this.bias, this.epsilon), mode)
  }

  private moving({ y, mean, variance, count }: BatchStatistics, mode: Mode): Tensor {
    mode.update(this.runningMean, this.moved(this.runningMean, mean))
    mode.update(
      this.runningVariance,
      this.moved(this.runningVariance, variance.mul(count.div(count.sub(1).maximum(1)))),
    )
    return y
  }

  private moved(running: Tensor, batch: Tensor): Tensor {
    return running.mul(1 - this.momentum).add(batch.mul(this.momentum))
  }
}
