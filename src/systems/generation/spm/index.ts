import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Captions } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { defineSystem, tasks, z, type Fitted, type RunContext, type Saved } from '../../../system/index.ts'
import { drawn } from '../diffusion/fitted.ts'
import { openRun, type Base } from '../shared/base.ts'
import { anchorKinds } from './anchors.ts'
import { encodeMembrane, erase, membrane, type Membrane } from './membrane.ts'
import { study } from './study.ts'

const count = (least: number, value: number, description: string) =>
  z.number().int().min(least).default(value).describe(description)

export const spm = defineSystem({
  name: 'spm',
  family: 'generation',
  summary: 'a small file that stops a model from drawing a concept, and acts where a text is near it',
  paper: {
    title: 'One-dimensional Adapter to Rule Them All: Concepts, Diffusion Models and Erasing Applications',
    venue: 'CVPR',
    year: 2024,
    code: 'Con6924/SPM',
  },
  task: tasks.captions,
  accelerated: true,
  options: z.object({
    surrogate: z
      .string()
      .default('')
      .describe('what is drawn in place of the phrases; empty for nothing in particular'),
    guidance: z
      .number()
      .min(0)
      .max(30)
      .default(1)
      .describe('how far beyond the surrogate the phrases are pushed (eta)'),
    anchoring: z.number().min(0).default(1000).describe('weight of leaving other texts as they were (lambda)'),
    anchors: z
      .enum(anchorKinds)
      .default('sequence')
      .describe('other texts: noise normed over a text or a token, or random words'),
    anchorCount: count(1, 4, 'other texts a step, a multiple of batch'),
    iterations: count(1, 3000, 'steps of training'),
    batch: count(1, 1, 'pictures a step'),
    learningRate: z.number().positive().default(1e-4).describe('step size of AdamW'),
    weightDecay: z.number().min(0).default(0.01).describe('decay of the membrane, as a fraction of the rate'),
    warmUp: count(0, 500, 'steps over which the rate rises'),
    cycles: count(1, 3, 'times the rate falls along a cosine'),
    rollOut: z
      .number()
      .int()
      .min(2)
      .max(1000)
      .default(30)
      .describe('steps of drawing of which each iteration goes some'),
    strength: z
      .enum(['words', 'all'])
      .default('words')
      .describe('tokens that tell how near a text is: its words, or padding too'),
  }),
  example: async ({ seed }) => {
    const { smallBase } = await import('./example.ts')
    return { data: { texts: ['star'] }, from: smallBase(seed) }
  },
  fit: async ({ texts }, options, context) => {
    const base = baseOf(context)
    const { strength } = options
    const learned = await erase(base, texts, options, context)
    const own = { ...learned, ...membrane(learned.name, texts, learned.weights, strength) }
    if (context.folder) await writeFile(join(context.folder, `${fileStem(own)}.safetensors`), encodeMembrane(own))
    return fitted(base, own, { phrases: texts, strength })
  },
  load: async (saved, context) =>
    fitted(
      baseOf(context),
      attached(saved, (saved.description as unknown as Kept).phrases.join(' ')),
      saved.description as unknown as Kept,
    ),
  attach: attached,
  study,
})

interface Kept {
  phrases: readonly string[]
  strength: 'words' | 'all'
}

/** A file's name of letters, digits and dashes. */
const fileStem = ({ name }: Membrane): string => name.replace(/[^\p{L}\p{N}]+/gu, '-')

function attached({ description, tensors }: Saved, name: string): Membrane {
  const { phrases, strength } = description as unknown as Kept
  const [alpha] = Object.entries(tensors!).filter(([key]) => key.endsWith('.alpha'))
  return membrane(name, phrases, { rank: 1, alpha: Number(alpha![1].data[0]), tensors: tensors! }, strength)
}

const fitted = (base: Base, own: Membrane, { phrases, strength }: Kept): Fitted<Captions> => ({
  parameters: parametersOf(own),
  predict: ({ texts }, context) => drawn(base, texts, [own], context),
  save: () => ({ description: { phrases, strength }, tensors: own.weights.tensors }),
})

const parametersOf = ({ weights }: Membrane): number =>
  Object.entries(weights.tensors).reduce(
    (sum, [name, { data }]) => sum + (name.endsWith('.weight') ? data.length : 0),
    0,
  )

/** Throws `usage/missing-base`, `usage/wrong-task`. */
function baseOf({ from }: RunContext): Base {
  if (!from) {
    throw new InterplayError('usage/missing-base', 'spm erases from a base model, and none was given', {
      why: 'a membrane is learned on a run of diffusion, and worn by one',
      try: 'interplay fit text=star -s spm --from runs/BASE; interplay predict runs/BASE text="a red star" --with runs/STAR',
    })
  }
  return openRun(from)
}
