import type { Tensor } from '../../engine/index.ts'
import { Optimizer, type Movable, type ParameterGroup } from './optimizer.ts'

export interface FtrlOptions {
  beta?: number
  l1?: number
  l2?: number
}

/** FTRL-Proximal (McMahan et al. 2013, algorithm 1); the learning rate is its alpha. L1 gives exact zeros. */
export class Ftrl extends Optimizer {
  private readonly settings: Required<FtrlOptions>

  constructor(groups: readonly ParameterGroup[], options: FtrlOptions = {}) {
    super(groups, ['z', 'n'])
    this.settings = { beta: 1, l1: 0, l2: 0, ...options }
  }

  protected *move(now: Movable, gradient: Tensor, alpha: Tensor): Iterable<readonly [Tensor, Tensor]> {
    const { beta, l1, l2 } = this.settings
    const { z, n } = now.slots as { z: Tensor; n: Tensor }
    const squares = n.add(gradient.mul(gradient))
    const sigma = squares.sqrt().sub(n.sqrt()).div(alpha)
    const dual = z.add(gradient).sub(sigma.mul(now.values))
    const shrunk = dual.sign().mul(dual.abs().sub(l1).relu())
    yield [now.values, shrunk.neg().div(squares.sqrt().add(beta).div(alpha).add(l2))]
    yield [z, dual]
    yield [n, squares]
  }
}
