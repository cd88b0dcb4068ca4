import { compile, float32, grad, State, type Tensor } from '../../../engine/index.ts'
import {
  forwardThrough,
  ImageAttribution,
  layersOf,
  oracleImpurity,
  relevance,
  type ChainPart,
} from '../../../lenses/index.ts'
import { Convolution, Linear, Mode, Module } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { relativeDifference } from '../../../study/index.ts'
import { ConceptNetwork } from './model.ts'

const size = 8

/** Convolutions, pooling and a linear layer, all without biases. */
class Unbiased extends Module {
  readonly first = new Convolution(1, 4, [3, 3], { padding: 1, bias: false })
  readonly second = new Convolution(4, 6, [3, 3], { padding: 1, bias: false })
  readonly head = new Linear(6 * (size / 2) ** 2, 3, { bias: false })

  parts(): ChainPart[] {
    const relu = (x: Tensor) => x.relu()
    return [this.first, relu, (x: Tensor) => x.maxPool(2), this.second, relu, (x: Tensor) => x.flatten(), this.head]
  }
}

/** How far relevance is from adding up to the output (alpha 1 beta 0), and from input times gradient (epsilon). */
export async function relevanceErrors(): Promise<{ conservation: number; epsilon: number }> {
  const model = new Unbiased()
  await using program = compile({
    inputs: { image: float32([1, 1, size, size]) },
    state: new State({ model }, 3),
    threads: 1,
    trace: ({ image }) => {
      const layers = layersOf(model.parts())
      const output = forwardThrough(layers, image).slice(1, 0, 1)
      const start = (y: Tensor) => y.mul(y.onesLike().cumSum(1).equal(1).cast('float32'))
      const by = (rule: 'alpha1beta0' | 'epsilon') =>
        relevance(layers, image, { start, ruleOf: () => rule, epsilon: 1e-9 })
      return {
        outputs: {
          output,
          total: by('alpha1beta0').sum(),
          epsilon: by('epsilon'),
          product: grad(output.sum(), image).mul(image),
        },
      }
    },
  })
  const { output, total, epsilon, product } = await program.run({ image: noise(size * size, 4) })
  const [is, of] = [total, output].map(({ data }) => (data as Float32Array)[0]!)
  return {
    conservation: Math.abs(is! - of!) / Math.abs(of!),
    epsilon: relativeDifference(epsilon.data as Float32Array, product.data as Float32Array),
  }
}

const options = { stages: [[4], [6]], grid: 1, hidden: [5], dropout: 0 }
const shape = { channels: 1, height: size, width: size, concepts: 3 }

/** A concept network with running statistics that are not those of its start. */
function normalised(seed: number): { model: ConceptNetwork; state: State } {
  const model = new ConceptNetwork(shape, options)
  const state = new State({ model }, seed)
  const random = new Random(seed, 'statistics')
  for (const [path, parameter] of model.parameters()) {
    if (/running|norm/.test(path))
      state.write(
        parameter,
        Float32Array.from({ length: parameter.size }, () => 0.5 + random.uniform()),
      )
  }
  return { model, state }
}

/** The largest change of the outputs when batch norms are folded. */
export async function foldingError(): Promise<number> {
  const { model, state } = normalised(5)
  await using program = compile({
    inputs: { images: float32(['batch', 1, size, size]) },
    state,
    threads: 1,
    trace: ({ images }) => ({
      outputs: {
        plain: model.forward(images, Mode.evaluation()),
        folded: forwardThrough(layersOf(model.parts()), images),
      },
    }),
  })
  const { plain, folded } = await program.run({ images: noise(4 * size * size, 6) })
  return relativeDifference(folded.data as Float32Array, plain.data as Float32Array)
}

/** How far integrated gradients are from the score's gain, as a share of it. */
export async function completenessError(steps: number): Promise<number> {
  const { model, state } = normalised(7)
  const network = { ...shape, outputs: 3, state, trace: (images: Tensor) => model.forward(images, Mode.evaluation()) }
  await using maps = new ImageAttribution(network)
  const image = noise(size * size, 8)
  const both = new Float32Array(2 * image.length)
  both.set(image)
  const scores = await maps.scores(both)
  const gain = scores[1]! - scores[3 + 1]!
  const map = await maps.integratedGradients(image, 1, { steps })
  return Math.abs(map.reduce((sum, value) => sum + value, 0) - gain) / Math.abs(gain)
}

/** Oracle impurity of the truth, of two concepts where the first prediction tells the second too, and of leaking logits. */
export function impurities(): { truth: number; telling: number; leaking: number[] } {
  const random = new Random(9, 'impurity')
  const images = 4000
  const truth = Float32Array.from({ length: 2 * images }, () => Number(random.uniform() < 0.5))
  const both = truth.map((value, at) => (at % 2 === 0 ? value + 0.5 * truth[at + 1]! : value))
  const noisy = truth.map(value => 4 * value - 2 + 0.5 * random.normal())
  const leaking = [0, 0.05, 0.15, 0.3].map(leak => {
    const logits = noisy.map((value, at) => (at % 2 === 0 ? value + leak * noisy[at + 1]! : value))
    return oracleImpurity(logits, truth, 2)
  })
  return { truth: oracleImpurity(truth, truth, 2), telling: oracleImpurity(both, truth, 2), leaking }
}

function noise(length: number, seed: number): Float32Array {
  const random = new Random(seed, 'closed-forms')
  return Float32Array.from({ length }, () => random.normal())
}
