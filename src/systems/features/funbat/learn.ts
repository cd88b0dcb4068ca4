import { Random } from '../../../random/index.ts'
import type { Matern } from '../../../state-space/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { Coupling } from './coupling.ts'
import { ModeFunctions } from './functions.ts'
import { Inference } from './infer.ts'
import type { FunbatOptions } from './options.ts'
import type { Posterior } from './posterior.ts'
import { believeRandom } from './start.ts'

/** Entries as inference takes them: positions scaled to [0, 1], one list a mode; values standardised. */
export interface Entries {
  positions: readonly Float64Array[]
  values: Float64Array
}

export interface Learned {
  posterior: Posterior
  /** Passes of the start that stayed. */
  passes: number
  /** Whether its last pass changed less than the tolerance. */
  converged: boolean
}

/** E[tau] while the noise is held. */
const heldPrecision = 50

export const kernelOf = (
  { smoothness, variance }: Pick<FunbatOptions, 'smoothness' | 'variance'>,
  lengthScale: number,
): Matern => ({ smoothness: smoothness === '3/2' ? 1.5 : 0.5, lengthScale, variance })

/** The posterior of one length scale: of several starts, the one that leaves the least expected squared residual. */
export async function learn(
  entries: Entries,
  ranks: readonly number[],
  kernel: Matern,
  options: FunbatOptions,
  context: RunContext,
): Promise<Learned> {
  let best: (Learned & { residual: number }) | undefined
  for (let restart = 0; restart < options.restarts; restart++) {
    const start = { random: new Random(context.seed, 'funbat', restart), label: `start ${restart + 1}, pass` }
    const found = await learnOnce(entries, ranks, kernel, options, start, context)
    if (!best || found.residual < best.residual) best = found
  }
  const { residual: _, ...learned } = best!
  return learned
}

async function learnOnce(
  { positions, values }: Entries,
  ranks: readonly number[],
  kernel: Matern,
  options: FunbatOptions,
  { random, label }: { random: Random; label: string },
  { signal, progress }: RunContext,
): Promise<Learned & { residual: number }> {
  const modes = positions.map((at, k) => new ModeFunctions(at, kernel, ranks[k]!, options.stabilizer))
  for (const functions of modes) believeRandom(functions, random)
  const coupling = new Coupling(options.form, ranks)
  const inference = new Inference(
    modes,
    coupling,
    values,
    { shape: 1, rate: options.noiseRate },
    { precision: heldPrecision },
  )
  if (options.form === 'tucker') inference.updateCore(0)
  const damping = { functions: options.damping, core: options.coreDamping, noise: options.noiseDamping }
  let passes = 0
  let converged = false
  while (passes < options.passes && !converged) {
    const before = { fitted: Float64Array.from(inference.fitted), precision: inference.precision }
    const first = passes === 0
    const holdNoise = passes < options.heldPasses && passes < options.passes - 1
    inference.pass(first ? { functions: 0, core: 0, noise: 0 } : damping, { holdNoise })
    passes++
    converged =
      !holdNoise &&
      change(before.fitted, inference.fitted) < options.tolerance &&
      Math.abs(before.precision / inference.precision - 1) < options.tolerance
    progress({ stage: label, done: passes, total: options.passes, values: { noise: inference.precision ** -0.5 } })
    await new Promise(resolve => setImmediate(resolve))
    signal?.throwIfAborted()
  }
  return {
    passes,
    converged,
    residual: inference.residual,
    posterior: {
      kernel,
      ranks,
      form: options.form,
      stabilizer: options.stabilizer,
      modes: modes.map(({ positions: at, precision, shift }) => ({ positions: at, precision, shift })),
      core: { mean: coupling.weights, covariance: coupling.covariance },
      precision: inference.precision,
    },
  }
}

/** |a - b| / |b| */
function change(a: Float64Array, b: Float64Array): number {
  let [difference, size] = [0, 0]
  b.forEach((value, i) => {
    difference += (a[i]! - value) ** 2
    size += value * value
  })
  return size === 0 ? 0 : Math.sqrt(difference / size)
}
