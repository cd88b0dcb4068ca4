import { compile, constant, float64, grad, int32, type Tensor } from '../../../engine/index.ts'
import { softmaxCrossEntropy } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { Consultation, type Case } from './consultation.ts'
import { conceptSimilarities, prototypeLoss } from './model.ts'

const [count, width] = [6, 5]
const owners = [0, 0, 1, 1, 1, 2]
const options = { scale: 20, sharpness: 10, margin: 0.1 }

function unitRows(rows: number, seed: number): Float64Array {
  const random = new Random(seed, 'csr.closed-forms')
  const values = Float64Array.from({ length: rows * width }, () => random.normal())
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * width, (row + 1) * width)
    const length = Math.hypot(...own)
    own.forEach((value, i) => (own[i] = value / length))
  }
  return values
}

const concepts = Int32Array.of(0, 1, 2, 1, 0, 2)
const inputs = { vectors: float64(['batch', width]), concepts: int32(['batch']) }

async function evaluated(
  trace: (vectors: Tensor, concepts: Tensor) => Record<string, Tensor>,
  vectors = unitRows(count, 1),
) {
  await using program = compile({
    inputs,
    state: {},
    threads: 1,
    trace: leaves => ({ outputs: trace(leaves.vectors, leaves.concepts) }),
  })
  return await program.run({ vectors, concepts })
}

const first = (tensor: { data: unknown } | undefined): number => (tensor!.data as Float64Array)[0]!

/** Distance from margin softmax on cosines where each concept has one prototype. */
export async function marginError(): Promise<number> {
  const { loss, plain } = await evaluated((vectors, labels) => {
    const prototypes = constant(unitRows(3, 2), [3, width])
    const cosines = vectors.matmul(prototypes, { transposeB: true })
    const less = labels.oneHot(3, 'float64').mul(options.margin)
    return {
      loss: prototypeLoss(vectors, labels, prototypes, [0, 1, 2], options),
      plain: softmaxCrossEntropy(cosines.sub(less).mul(options.scale), labels),
    }
  })
  return Math.abs(first(loss) - first(plain))
}

/** Distance of similarities at gamma 1,000 from the greatest cosine; infinite where loss or gradient are. */
export async function sharpError(): Promise<number> {
  const vectors = unitRows(count, 1)
  const rows = unitRows(owners.length, 2)
  const { similarities, loss, slope } = await evaluated((leaf, labels) => {
    const prototypes = constant(rows, [owners.length, width])
    const value = prototypeLoss(leaf, labels, prototypes, owners, { ...options, sharpness: 1000 })
    return { similarities: conceptSimilarities(leaf, prototypes, owners, 1000), loss: value, slope: grad(value, leaf) }
  }, vectors)
  const finite = [...(slope!.data as Float64Array), first(loss)].every(Number.isFinite)
  if (!finite) return Infinity
  return (similarities!.data as Float64Array).reduce((most, value, at) => {
    const [row, concept] = [Math.floor(at / 3), at % 3]
    const cosines = owners.flatMap((owner, p) =>
      owner === concept
        ? [
            rows
              .subarray(p * width, (p + 1) * width)
              .reduce((sum, each, i) => sum + each * vectors[row * width + i]!, 0),
          ]
        : [],
    )
    return Math.max(most, Math.abs(value - Math.max(...cosines)))
  }, 0)
}

/** Distance of the gradient from central differences, relative to its largest element. */
export async function gradientError(): Promise<number> {
  const prototypes = () => constant(unitRows(owners.length, 2), [owners.length, width])
  const vectors = unitRows(count, 1)
  await using program = compile({
    inputs,
    state: {},
    threads: 1,
    trace: leaves => {
      const loss = prototypeLoss(leaves.vectors, leaves.concepts, prototypes(), owners, options)
      return { outputs: { loss, slope: grad(loss, leaves.vectors) } }
    },
  })
  const { slope } = await program.run({ vectors, concepts })
  const exact = slope.data as Float64Array
  const step = 1e-5
  let most = 0
  for (let i = 0; i < vectors.length; i += 7) {
    const at = async (moved: number) => {
      const copy = vectors.slice()
      copy[i]! += moved
      return first((await program.run({ vectors: copy, concepts })).loss)
    }
    most = Math.max(most, Math.abs(((await at(step)) - (await at(-step))) / (2 * step) - exact[i]!))
  }
  return most / exact.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
}

/** An image with random evidence of six prototypes of three concepts. */
export function drawnCase(seed: number, change: Partial<Case> = {}): Case {
  const random = new Random(seed, 'csr.case')
  const uniform = (length: number) => Float32Array.from({ length }, () => 2 * random.uniform() - 1)
  return {
    maps: uniform(owners.length * 16),
    grid: [4, 4],
    size: [32, 32],
    owners,
    concepts: ['ring', 'cross', 'blob'],
    classes: ['A', 'B'],
    weight: uniform(2 * owners.length),
    bias: uniform(2),
    neutral: uniform(owners.length),
    alpha: 0.2,
    rejectBy: 'neutral',
    ...change,
  }
}

/** How far contributions are from the logit, and a dropped column from a weight of 0. */
export function partsError(): number {
  const given = drawnCase(1)
  const state = Consultation.of(given)
  const direct = given.classes.map((_, label) =>
    state.scores.reduce((sum, score, p) => sum + score * given.weight[label * owners.length + p]!, given.bias[label]!),
  )
  const sums = direct.map((logit, label) => {
    const parts = state.contributions(label).reduce((sum, part) => sum + part, 0)
    return Math.abs(parts + given.bias[label]! - logit)
  })
  const [dropped, kept] = [owners.length - 1, owners.slice(0, -1)]
  const zero = Consultation.of({
    ...given,
    weight: given.weight.map((value, at) => (at % owners.length === dropped ? 0 : value)),
  })
  const slim = Consultation.of({
    ...given,
    owners: kept,
    maps: given.maps.subarray(0, kept.length * 16),
    weight: given.weight.filter((_, at) => at % owners.length !== dropped),
  })
  return Math.max(...sums, ...zero.logits.map((logit, label) => Math.abs(logit - slim.logits[label]!)))
}

/** How far scores move when boxes cover the whole image. */
export function everywhereChange(): number {
  const state = Consultation.of(drawnCase(2))
  const looked = state.with({ kind: 'look', box: [0, 0, 16, 32] }).with({ kind: 'look', box: [16, 0, 16, 32] })
  return Math.max(...looked.scores.map((score, p) => Math.abs(score - state.scores[p]!)))
}
