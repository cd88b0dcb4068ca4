import type { Images, PixelScale } from '../../../data/index.ts'
import { State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { countParameters } from '../../../nn/index.ts'
import { defineSystem, tasks, z, type Answer, type Fitted } from '../../../system/index.ts'
import { Classifier } from './classifier.ts'
import { groupsOf, StripMlp, type ImageSize, type StripMlpOptions } from './model.ts'
import { checkSame } from './pictures.ts'
import { study } from './study.ts'
import { mixings } from './tokens.ts'
import { train, type TrainOptions } from './train.ts'

/** The authors' four models for 224 pixels, and one for small images. */
const variants = {
  small: { patch: 2, width: 32, blocks: [1, 2, 1] },
  'T*': { patch: 4, width: 80, blocks: [2, 2, 6, 2] },
  T: { patch: 4, width: 80, blocks: [2, 2, 12, 2] },
  S: { patch: 4, width: 96, blocks: [2, 2, 18, 2] },
  B: { patch: 4, width: 112, blocks: [2, 2, 18, 2] },
}

const options = z.object({
  variant: z
    .enum(['small', 'T*', 'T', 'S', 'B'])
    .default('small')
    .describe("the authors' model, or one for small images"),
  patch: z.number().int().min(0).default(0).describe("pixels of a patch's side; 0 for the variant's"),
  width: z.number().int().min(0).default(0).describe("channels of the first stage; 0 for the variant's"),
  blocks: z
    .array(z.number().int().min(1))
    .max(4)
    .default([])
    .describe("blocks by stage, each stage of half the side; none for the variant's"),
  groups: z.number().int().min(0).default(0).describe("channel groups that share strips; 0 for the authors' rule"),
  taps: z.literal([1, 3]).default(3).describe('lines a strip reads at once: 3 mixes neighbours, 1 does not'),
  mixing: z
    .enum(mixings)
    .default('both')
    .describe('how tokens mix: half by strips and half in windows, one of them alone, or a perceptron over all'),
  dropPath: z.number().min(0).max(0.9).default(0.1).describe('rate at which a branch is left out of an image'),
  epochs: z.number().int().min(1).default(300).describe('passes over the training images'),
  warmUp: z.number().min(0).default(20).describe('epochs over which the rate rises'),
  batch: z.number().int().min(2).default(64).describe('images a step; statistics need 32 or more'),
  learningRate: z.number().positive().default(1e-3).describe('step size of AdamW'),
  weightDecay: z.number().min(0).default(0.05).describe('decay of all weights, as a fraction of the rate'),
  labelSmoothing: z.number().min(0).max(0.9).default(0.1).describe('share of a label spread over all classes'),
  patience: z.number().int().min(1).default(300).describe('epochs without a better accuracy before training stops'),
})

export const stripMlp = defineSystem({
  name: 'strip-mlp',
  family: 'vision',
  summary: 'what an image shows, from rows and columns of it mixed by dense strips',
  paper: {
    title: 'Strip-MLP: Efficient Token Interaction for Vision MLP',
    venue: 'ICCV',
    year: 2023,
    code: 'Med-Process/Strip_MLP',
  },
  task: tasks.images,
  world: 'stripes',
  accelerated: true,
  options,
  fit: async (images, given, context) => {
    const chosen = resolved(given)
    const { model, state, classifier, valid, test } = await train(images, chosen, context)
    const { size, scale } = classifier
    const classes = images.labels!.classes
    return fitted({ model, state, classifier }, { options: chosen, size, scale, classes }, { valid, test })
  },
  load: async ({ description, tensors }, context) => {
    const kept = description as unknown as Kept
    const model = new StripMlp(kept.size, kept.options)
    const state = new State({ model }, 1)
    state.load(tensors!)
    return fitted({ model, state, classifier: new Classifier(model, kept.size, kept.scale, state, context) }, kept)
  },
  study,
})

/** All that the weights do not tell. */
interface Kept {
  options: StripMlpOptions
  size: ImageSize
  scale: PixelScale
  classes: readonly string[]
}

/** The variant's sizes under the given ones. Throws `option/conflict`. */
export function resolved({ variant, ...given }: z.output<typeof options>): TrainOptions {
  const own = variants[variant]
  const { patch, width } = { patch: given.patch || own.patch, width: given.width || own.width }
  const blocks = given.blocks.length > 0 ? given.blocks : own.blocks
  const groups = blocks.map((_, stage) => ({
    channels: width * 2 ** stage,
    groups: groupsOf(width * 2 ** stage, given.groups),
  }))
  const odd = groups.find(each => each.channels % (2 * each.groups) !== 0)
  if (!odd) return { ...given, patch, width, blocks }
  throw new InterplayError('option/conflict', `${odd.channels} channels do not divide into 2 x ${odd.groups} groups`, {
    where: '--set width, --set groups',
    try: `--set width=${Math.ceil(width / (2 * odd.groups)) * 2 * odd.groups}`,
  })
}

interface Parts {
  model: StripMlp
  state: State
  classifier: Classifier
}

const fitted = ({ model, state, classifier }: Parts, kept: Kept, metrics: Fitted['metrics'] = {}): Fitted<Images> => ({
  metrics,
  parameters: countParameters(model),
  predict: async (images, { signal }) => {
    checkSame(images, kept.size, kept.options.patch)
    const rows = Int32Array.from({ length: images.count }, (_, image) => image)
    return answer(images, await classifier.logits(images, rows, signal), kept.classes)
  },
  save: () => ({
    description: { ...kept },
    tensors: Object.fromEntries([...state.entries()].filter(([name]) => name.startsWith('model.'))),
  }),
  close: () => classifier.close(),
})

/** The label of the highest probability, an image a record. */
function answer({ count, names }: Images, logits: Float32Array, classes: readonly string[]): Answer {
  const records = Array.from({ length: count }, (_, image) => {
    const own = logits.subarray(image * classes.length, (image + 1) * classes.length)
    const largest = Math.max(...own)
    const total = own.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)
    return { image: names?.[image] ?? image + 1, label: classes[own.indexOf(largest)]!, probability: 1 / total }
  })
  return { records }
}
