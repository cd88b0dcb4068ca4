import { compile, concat, float32, State, type Program, type Tensor, type TensorType } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { Adam, ddim, samplingSteps, trainable, type Module } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { Computing, RunContext } from '../../../system/index.ts'
import { cosineRate } from '../../../train/index.ts'
import { AdapterNetwork, wearing } from '../shared/adapter-network.ts'
import { colourBound, copyWeights, spacingOf, type Base } from '../shared/base.ts'
import { GuidedDenoiser } from '../shared/denoiser.ts'
import { Encoder, featuresOf, type EncodedTexts } from '../shared/encoded.ts'
import { transformerHosts } from '../shared/hosts.ts'
import { noiseRows } from '../shared/pictures.ts'
import { TextToImage } from '../shared/text-to-image.ts'
import { drawAnchors, type AnchorKind } from './anchors.ts'
import { anchoringLoss, erasingLoss } from './losses.ts'

export interface ErasingOptions {
  /** What takes the concept's place; the empty text is none. */
  surrogate: string
  /** eta of the erasing loss. */
  guidance: number
  /** lambda of the anchoring loss; 0 leaves it out. */
  anchoring: number
  anchors: AnchorKind
  /** Anchors a step, a multiple of `batch`. */
  anchorCount: number
  iterations: number
  batch: number
  learningRate: number
  weightDecay: number
  warmUp: number
  cycles: number
  /** Steps of DDIM of which each iteration goes some, from noise, to come to what it learns on. */
  rollOut: number
}

/** What learns to erase: the noise foretold with what is trained, and as it was before. */
interface Eraser {
  state: State
  /** Adapters that the roll-out wears. */
  networks: readonly AdapterNetwork[]
  adapted(x: Tensor, t: Tensor, context: Tensor): Tensor
  original(x: Tensor, t: Tensor, context: Tensor): Tensor
}

type Context = Pick<RunContext, 'seed' | 'threads' | 'device' | 'signal' | 'progress'>

const rollOutGuidance = 3

/** Membranes on a frozen base that erase these phrases, one phrase an iteration. Throws what the losses becoming NaN throws. */
export async function trainMembranes(
  base: Base,
  phrases: readonly string[],
  options: ErasingOptions,
  context: Context,
) {
  const { model } = base
  const network = new AdapterNetwork(transformerHosts(model.unet))
  const optimizer = optimizerOf(network, options)
  const state = new State({ model, membranes: network, optimizer }, context.seed)
  copyWeights(base, state)
  const original = (x: Tensor, t: Tensor, told: Tensor) => model.denoise(x, t, told)
  const adapted = (x: Tensor, t: Tensor, told: Tensor) => wearing([{ network, scale: 1 }], () => original(x, t, told))
  const eraser = { state, networks: [network], adapted, original }
  await erase(base, phrases, eraser, optimizer, options, context)
  return { network, state }
}

/** The base with its cross-attentions trained to erase these phrases (the form of ESD, Gandikota et al. 2023): a new base. */
export async function trainCrossAttention(
  base: Base,
  phrases: readonly string[],
  options: ErasingOptions,
  context: Context,
): Promise<Base> {
  const teacher = base.model
  const model = new TextToImage(teacher.options)
  const parameters = [...model.parameters()].filter(([path]) => path.includes('.crossAttention.')).map(([, own]) => own)
  const optimizer = new Adam([{ name: 'crossAttention', parameters }], { weightDecay: options.weightDecay })
  const state = new State({ model, teacher, optimizer }, context.seed)
  for (const [path, parameter] of model.parameters()) state.write(parameter, base.state.read(`model.${path}`).data)
  for (const [path, parameter] of teacher.parameters()) state.write(parameter, base.state.read(`model.${path}`).data)
  await erase(
    { ...base, model },
    phrases,
    {
      ...{ state, networks: [] },
      adapted: (x, t, told) => model.denoise(x, t, told),
      original: (x, t, told) => teacher.denoise(x, t, told),
    },
    optimizer,
    options,
    context,
  )
  return { ...base, model, state }
}

const optimizerOf = (module: Module, { weightDecay }: ErasingOptions) =>
  new Adam([{ name: 'membranes', parameters: trainable(module) }], { weightDecay })

async function erase(
  base: Base,
  phrases: readonly string[],
  eraser: Eraser,
  optimizer: Adam,
  options: ErasingOptions,
  { seed, threads, device, signal, progress }: Context,
): Promise<void> {
  const { iterations, batch, rollOut, surrogate, anchors: kind, anchorCount, anchoring } = options
  if (anchoring > 0 && anchorCount % batch !== 0) {
    throw new InterplayError('option/conflict', `anchorCount (${anchorCount}) is no multiple of batch (${batch})`, {
      where: '--set anchorCount, --set batch',
      try: `--set anchorCount=${Math.ceil(anchorCount / batch) * batch}`,
    })
  }
  const { schedule, model } = base
  const { picture } = model.options
  const computing = { threads, device }
  const encoder = new Encoder({ ...base, state: eraser.state }, computing)
  const denoiser = new GuidedDenoiser(model, eraser.state, eraser.networks, computing)
  const program = erasingProgram(model, eraser, optimizer, options, computing)
  const steps = samplingSteps(schedule, rollOut, { offset: 0, spacing: spacingOf(base) })
  try {
    const [concepts, [neutral, unconditional]] = [await encoder.encode(phrases), await pair(encoder, [surrogate, ''])]
    const scales = eraser.networks.map(() => new Float32Array(batch).fill(1))
    for (let iteration = 0; iteration < iterations; iteration++) {
      signal?.throwIfAborted()
      const random = new Random(seed, 'erasing', iteration)
      const concept = featuresOf(concepts, [random.integer(phrases.length)])
      const gone = 1 + random.integer(rollOut - 1)
      const size = picture.channels * picture.side ** 2
      const conditions = { context: repeated(concept, batch), unconditional, guidance: rollOutGuidance, scales }
      const x = await ddim(
        (now, t) => denoiser.noise(now, t, conditions),
        noiseRows(seed, 'roll-out', batch, size, iteration * batch),
        schedule,
        steps.slice(0, gone),
        { end: 'none', bound: colourBound },
      )
      const drawn =
        anchoring > 0
          ? await anchorsOf(encoder, base, { ...concepts, features: concept }, random, kind, anchorCount)
          : undefined
      const t = schedule.steps - 1 - Math.floor((gone * schedule.steps) / rollOut)
      const rate = cosineRate(options.learningRate, iteration, iterations, {
        warmUp: Math.min(options.warmUp, Math.floor(iterations / 2)),
        cycles: options.cycles,
      })
      const { loss, erasing } = await program.run({
        x,
        t,
        concept,
        surrogate: neutral,
        rate,
        ...(drawn && { anchors: drawn }),
      })
      const values = { loss: Number(loss!.data[0]), erasing: Number(erasing!.data[0]) }
      if (!Number.isFinite(values.loss)) {
        throw new InterplayError('train/not-finite', `loss became ${values.loss} at iteration ${iteration + 1}`, {
          try: `--set learningRate=${options.learningRate / 10}`,
        })
      }
      progress({ stage: 'iteration', done: iteration + 1, total: iterations, values })
    }
  } finally {
    await Promise.all([encoder.close(), denoiser.close(), program.close()])
  }
}

const pair = async (encoder: Encoder, texts: readonly [string, string]): Promise<[Float32Array, Float32Array]> => {
  const encoded = await encoder.encode(texts)
  return [featuresOf(encoded, [0]), featuresOf(encoded, [1])]
}

function repeated(values: Float32Array, times: number): Float32Array {
  const result = new Float32Array(times * values.length)
  for (let i = 0; i < times; i++) result.set(values, i * values.length)
  return result
}

/** Words of a random text that an anchor is the features of. */
const mostWords = 4

const anchorsOf = (
  encoder: Encoder,
  { vocabulary }: Base,
  concept: EncodedTexts,
  random: Random,
  kind: AnchorKind,
  count: number,
) =>
  drawAnchors(concept, {
    count,
    kind,
    random,
    propose: async () => {
      const words = Array.from(
        { length: 1 + random.integer(mostWords) },
        () => vocabulary.words[random.integer(vocabulary.words.length)],
      )
      return (await encoder.encode([words.join(' ')])).features
    },
  })

/** One step: the noise told concept, surrogate and anchors, without and with what is trained, its losses and updates. */
function erasingProgram(
  model: TextToImage,
  eraser: Eraser,
  optimizer: Adam,
  options: ErasingOptions,
  { threads, device }: Computing,
): Program {
  const { picture, text } = model.options
  const { batch, anchorCount, anchoring, guidance } = options
  const told = anchoring > 0 ? anchorCount : 0
  const features = (rows: number) => float32([rows, text.length, text.width])
  return compile({
    inputs: {
      ...{ x: float32([batch, picture.channels, picture.side, picture.side]), t: float32([]), rate: float32([]) },
      ...{ concept: features(1), surrogate: features(1), ...(told > 0 ? { anchors: features(told) } : {}) },
    } as Record<string, TensorType>,
    state: eraser.state,
    threads,
    device,
    spin: true,
    trace: ({ x, t, rate, concept, surrogate, anchors }) => {
      const c = concept!.expand([batch, text.length, text.width])
      const c0 = surrogate!.expand([batch, text.length, text.width])
      const again = Array.from({ length: told / batch }, () => x!)
      const at = (rows: number) => t!.expand([rows])
      const before = eraser
        .original(
          concat([x!, x!, ...again], 0),
          at(2 * batch + told),
          concat([c, c0, ...(anchors ? [anchors] : [])], 0),
        )
        .stopGradient()
      const after = eraser.adapted(
        concat([x!, ...again], 0),
        at(batch + told),
        concat([c, ...(anchors ? [anchors] : [])], 0),
      )
      const [own, neutral] = [before.slice(0, 0, batch), before.slice(0, batch, 2 * batch)]
      const erasing = erasingLoss({ adapted: after.slice(0, 0, batch), concept: own, surrogate: neutral }, guidance)
      const loss = anchors
        ? erasing.add(anchoringLoss(after.slice(0, batch), before.slice(0, 2 * batch)).mul(anchoring))
        : erasing
      return { outputs: { loss, erasing }, updates: optimizer.step(loss, { learningRate: rate! }) }
    },
  })
}
