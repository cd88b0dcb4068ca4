import { float32, int32 } from '../../engine/index.ts'
import { Adam, Gpt, ResidualNetwork, softmaxCrossEntropy, trainable, VisionTransformer } from '../../nn/index.ts'
import { Random } from '../../random/index.ts'
import { NetworkLearner, type NetworkDefinition, type NetworkFeeds } from '../../train/index.ts'
import { recipe, type NetworkCase } from './cases.ts'
import { timed, type Trainer, type TrainerSetup } from './trainer.ts'

/** Batches drawn before the first step and taken in turns, so that drawing is not timed. */
const pool = 8

/** A network and its drawn batches. */
interface Subject {
  definition: NetworkDefinition
  draw(random: Random, batch: number): NetworkFeeds
}

/** A network of images or text on drawn batches. */
export async function trainNetwork(
  network: NetworkCase,
  { batch, threads, seed, device }: TrainerSetup,
): Promise<Trainer> {
  const { definition, draw } = subjectOf(network)
  const { learningRate, clipNorm } = recipe
  const random = new Random(seed, 'speed')
  const feeds = Array.from({ length: pool }, () => draw(random, batch))
  const optimizer = new Adam([{ name: 'network', parameters: trainable(definition.model) }])
  const [learner, compileSeconds] = await timed(
    () => new NetworkLearner(definition, { optimizer, seed, threads, device, clipNorm }),
  )
  let next = 0
  return {
    plan: learner.plan({ batch }),
    compileSeconds,
    execution: () => learner.execution(feeds[next % pool]!, learningRate),
    train(steps) {
      const batches = Array.from({ length: steps }, () => ({ length: batch, drawn: feeds[next++ % pool]! }))
      return learner.pass(batches, { feeds: ({ drawn }) => drawn, rate: learningRate })
    },
    close: () => learner.close(),
  }
}

function subjectOf(network: NetworkCase): Subject {
  switch (network.network) {
    case 'vision-transformer':
      return imageSubject(new VisionTransformer(network.options), network.size, network.options.classes)
    case 'residual-network':
      return imageSubject(new ResidualNetwork(network.options), network.size, network.options.classes)
    case 'gpt':
      return textSubject(new Gpt(network.options), network.size, network.options.vocabulary)
  }
}

function imageSubject(model: VisionTransformer | ResidualNetwork, size: number, classes: number): Subject {
  return {
    definition: {
      model,
      inputs: { images: float32(['batch', 3, size, size]) },
      targets: { labels: int32(['batch']) },
      answer: ({ images }, mode) => ({ logits: model.forward(images!, mode) }),
      loss: ({ logits }, { labels }) => softmaxCrossEntropy(logits!, labels!),
    },
    draw: (random, batch) => ({
      images: Float32Array.from({ length: batch * 3 * size ** 2 }, () => random.normal()),
      labels: Int32Array.from({ length: batch }, () => random.integer(classes)),
    }),
  }
}

function textSubject(model: Gpt, length: number, vocabulary: number): Subject {
  return {
    definition: {
      model,
      inputs: { ids: int32(['batch', length]) },
      targets: { next: int32(['batch', length]) },
      answer: ({ ids }, mode) => ({ logits: model.forward(ids!, mode) }),
      loss: ({ logits }, { next }) => softmaxCrossEntropy(logits!.reshape([-1, vocabulary]), next!.flatten(0)),
    },
    draw(random, batch) {
      const text = Int32Array.from({ length: batch * (length + 1) }, () => random.integer(vocabulary))
      const windows = (start: number) =>
        Int32Array.from({ length: batch * length }, (_, i) => text[i + Math.floor(i / length) + start]!)
      return { ids: windows(0), next: windows(1) }
    },
  }
}
