import type { HostTensor } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'
import type { Splits } from '../items.ts'
import type { World } from './world.ts'

export interface ModularAddition {
  modulus: number
  /** `tokens` int32 [modulus^2, 3]: a, b and the equals sign, which is token `modulus`. */
  inputs: { tokens: HostTensor }
  /** (a + b) mod modulus. */
  labels: Int32Array
  splits: Splits
}

/** Every sum of two numbers below `modulus`; a share of them to learn from, the rest to be tested on. */
export function sumsModulo(modulus: number, { share, seed }: { share: number; seed: number }): ModularAddition {
  const count = modulus * modulus
  const tokens = new Int32Array(3 * count)
  const labels = Int32Array.from({ length: count }, (_, at) => {
    const [a, b] = [Math.floor(at / modulus), at % modulus]
    tokens.set([a, b, modulus], 3 * at)
    return (a + b) % modulus
  })
  const order = new Random(seed, 'modular-addition').permutation(count)
  const learned = Math.round(share * count)
  return {
    modulus,
    inputs: { tokens: { dtype: 'int32', dims: [count, 3], data: tokens } },
    labels,
    splits: { train: order.slice(0, learned), valid: new Int32Array(), test: order.slice(learned) },
  }
}

/** Sums modulo 53, half of them to learn from: of four tenths most seeds learn by heart, here as in PyTorch. */
export const modularAddition: World<ModularAddition> = {
  name: 'modular-addition',
  title: 'all sums of two numbers modulo a prime, for networks that learn the rule behind them',
  task: 'network',
  make: ({ seed, size = 'full' }) => sumsModulo(size === 'full' ? 53 : 7, { share: size === 'full' ? 0.5 : 0.7, seed }),
}
