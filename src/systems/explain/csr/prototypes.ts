import { float32, int32, type Parameter } from '../../../engine/index.ts'
import { Adam, Module, trainable, unit } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { cosineRate, itemBatches, NetworkLearner, taken } from '../../../train/index.ts'
import type { Context } from './activation.ts'
import { prototypeLoss, type Projector } from './model.ts'
import type { CsrOptions } from './options.ts'

/** Vectors of concepts that images show, one behind the other. */
export interface ConceptVectors {
  /** [N, C]. */
  vectors: Float32Array
  /** [N] which concept, and of which image. */
  concepts: Int32Array
  images: Int32Array
}

/** Projector and prototypes alone. */
class Prototypes extends Module {
  constructor(
    readonly projector: Projector,
    readonly prototypes: Parameter,
  ) {
    super()
  }
}

const learningRate = 1e-3

/**
 * Stage B: learns projector and prototypes on the vectors, features and maps being frozen. Prototypes begin as projected
 * vectors of their concepts. The learner holds the weights.
 */
export async function trainPrototypes(
  { projector, prototypes, owners }: { projector: Projector; prototypes: Parameter; owners: readonly number[] },
  { vectors, concepts }: ConceptVectors,
  options: CsrOptions,
  { seed, threads, signal, progress }: Context,
): Promise<NetworkLearner> {
  const width = vectors.length / concepts.length
  const model = new Prototypes(projector, prototypes)
  const learner = new NetworkLearner(
    {
      model,
      inputs: { vectors: float32(['batch', width]) },
      targets: { concepts: int32(['batch']) },
      answer: (leaves, mode) => ({ projected: projector.forwardVectors(leaves.vectors!, mode) }),
      loss: ({ projected }, targets) => prototypeLoss(projected!, targets.concepts!, unit(prototypes), owners, options),
    },
    { optimizer: new Adam([{ name: 'prototypes', parameters: trainable(model) }]), seed, threads },
  )
  const rows = Int32Array.from(concepts, (_, row) => row)
  const steps = options.prototypeEpochs * Math.ceil(rows.length / options.batch)
  try {
    learner.state.write(prototypes, await drawn(learner, { vectors, concepts }, owners, seed))
    for (let epoch = 0; epoch < options.prototypeEpochs; epoch++) {
      const loss = await learner.pass(itemBatches(rows, { size: options.batch, seed, epoch, least: 2 }), {
        feeds: part => ({ vectors: taken(vectors, width, part), concepts: taken(concepts, 1, part) }),
        rate: step => cosineRate(learningRate, step, steps),
        signal,
      })
      progress({
        stage: 'prototypes',
        done: epoch + 1,
        total: options.prototypeEpochs,
        values: { loss },
      })
    }
    return learner
  } catch (error) {
    await learner.close()
    throw error
  }
}

export async function projectedOf(learner: NetworkLearner, vectors: Float32Array): Promise<Float32Array> {
  return Float32Array.from((await learner.answer({ vectors })).projected!.data as Float32Array)
}

/** Projected vectors of the owners' concepts, drawn without repetition while there are enough. */
async function drawn(
  learner: NetworkLearner,
  { vectors, concepts }: Pick<ConceptVectors, 'vectors' | 'concepts'>,
  owners: readonly number[],
  seed: number,
): Promise<Float32Array> {
  const projected = await projectedOf(learner, vectors)
  const width = projected.length / concepts.length
  const orders = new Map<number, number[]>()
  for (const owner of new Set(owners)) {
    const own = [...concepts.keys()].filter(row => concepts[row] === owner)
    orders.set(owner, [...new Random(seed, 'prototypes', owner).shuffle(own)])
  }
  const result = new Float32Array(owners.length * width)
  owners.forEach((owner, p) => {
    const row = orders.get(owner)!.shift()!
    result.set(projected.subarray(row * width, (row + 1) * width), p * width)
  })
  return result
}

/** How near each vector is to each prototype of its concept, and what follows: the nearest vector of each, and its wins. */
export function nearestVectors(
  projected: Float32Array,
  concepts: Int32Array,
  prototypes: Float32Array,
  owners: readonly number[],
): { nearest: Int32Array; wins: Int32Array } {
  const width = projected.length / concepts.length
  const [nearest, wins] = [new Int32Array(owners.length), new Int32Array(owners.length)]
  const best = new Float64Array(owners.length).fill(-Infinity)
  const lengths = owners.map((_, p) => Math.hypot(...prototypes.subarray(p * width, (p + 1) * width)))
  concepts.forEach((concept, row) => {
    let [winner, most] = [-1, -Infinity]
    owners.forEach((owner, p) => {
      if (owner !== concept) return
      let product = 0
      for (let i = 0; i < width; i++) product += projected[row * width + i]! * prototypes[p * width + i]!
      const cosine = product / lengths[p]!
      if (cosine > best[p]!) [best[p], nearest[p]] = [cosine, row]
      if (cosine > most) [winner, most] = [p, cosine]
    })
    if (winner >= 0) wins[winner]!++
  })
  return { nearest, wins }
}
