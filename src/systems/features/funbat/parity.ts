import { dense } from '../../../linear-algebra/index.ts'
import { largestDifference, type GoldenCase } from '../../../study/index.ts'
import { Coupling } from './coupling.ts'
import { ModeFunctions } from './functions.ts'
import { Inference } from './infer.ts'
import { kernelOf, learn } from './learn.ts'
import { options } from './options.ts'

interface Configuration {
  form: 'cp' | 'tucker'
  smoothness: 0.5 | 1.5
  rank: number
  stabilizer: number
  lengthScales: number[]
  variances: number[]
  damping: number
  noiseDamping: number
  passes: number
}

/** Largest differences from a golden case: of the noise precision relatively, of all else absolutely. */
export interface FunbatParity {
  means: number
  covariances: number
  fitted: number
  core: number
  precision: number
}

/** Runs the passes of a golden case from the state it started from. */
export function parityOf({ configuration, tensors }: GoldenCase): FunbatParity {
  const golden = configuration as unknown as Configuration
  const { form, smoothness, rank, stabilizer, damping, noiseDamping } = golden
  const given = (name: string) => tensors[name]!.data as Float64Array
  const [coordinates, values] = [given('input/coordinates'), given('input/values')]
  const modes = golden.lengthScales.map((lengthScale, k) => {
    const at = Float64Array.from(values, (_, entry) => coordinates[entry * 3 + k]!)
    const kernel = { smoothness, lengthScale, variance: golden.variances[k]! }
    const start = given(`input/start.${k}`)
    const functions = new ModeFunctions(at, kernel, rank, stabilizer, dense(start.length, 1, start))
    functions.believe(
      given(`input/mean.${k}`),
      dense(rank, rank, given(`input/covariance.${k}`).subarray(0, rank * rank)),
    )
    addByPlace(functions.precision, given(`input/precision.${k}`), functions.place)
    addByPlace(functions.shift, given(`input/shift.${k}`), functions.place)
    return functions
  })
  const coupling = new Coupling(
    form,
    modes.map(() => rank),
  )
  if (form === 'tucker') coupling.setWeights(given('input/core'), coupling.covariance)
  const inference = new Inference(
    modes,
    coupling,
    values,
    { shape: 1, rate: 1 },
    { precision: 1, residual: values.length },
  )
  const precisions: number[] = []
  for (let pass = 0; pass < golden.passes; pass++) {
    inference.pass({ functions: damping, core: 0, noise: noiseDamping })
    precisions.push(inference.precision)
  }
  const each = (of: (functions: ModeFunctions, k: number) => number) => Math.max(...modes.map(of))
  return {
    means: each(({ means }, k) => largestDifference(means, given(`output/mean.${k}`))),
    covariances: each((functions, k) => largestDifference(covariancesOf(functions), given(`output/covariance.${k}`))),
    fitted: largestDifference(inference.fitted, given('output/fitted')),
    core: form === 'tucker' ? largestDifference(coupling.weights, given('output/core')) : 0,
    precision: Math.max(...precisions.map((precision, i) => Math.abs(precision / given('output/precision')[i]! - 1))),
  }
}

/** The authors keep a message an entry; ours are their sums. */
function addByPlace(sums: Float64Array, messages: Float64Array, place: Int32Array): void {
  const width = messages.length / place.length
  messages.forEach((value, i) => (sums[place[Math.floor(i / width)]! * width + (i % width)]! += value))
}

function covariancesOf({ means, seconds, rank }: ModeFunctions): Float64Array {
  const square = rank * rank
  return seconds.map((value, i) => {
    const at = Math.floor(i / square) * rank
    return value - means[at + Math.floor((i % square) / rank)]! * means[at + (i % rank)]!
  })
}

/** Deviation of the noise over that of y, on data of mean zero: theirs after their passes, ours from our start. */
export async function centredNoise({ tensors, configuration }: GoldenCase): Promise<{ theirs: number; ours: number }> {
  const { rank, lengthScales } = configuration as unknown as Configuration
  const values = tensors['input/values']!.data as Float64Array
  const coordinates = tensors['input/coordinates']!.data as Float64Array
  const positions = lengthScales.map((_, k) => Float64Array.from(values, (_, entry) => coordinates[3 * entry + k]!))
  const chosen = { ...options.parse({}), form: 'cp' as const, rank: [rank] }
  const ranks = positions.map(() => rank)
  const context = { seed: 1, threads: 1, progress: () => {} }
  const { posterior } = await learn({ positions, values }, ranks, kernelOf(chosen, 0.3), chosen, context)
  const theirs = (tensors['output/precision']!.data as Float64Array).at(-1)!
  return { theirs: theirs ** -0.5, ours: posterior.precision ** -0.5 }
}
