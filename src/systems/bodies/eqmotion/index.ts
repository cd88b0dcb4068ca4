import type { Trajectories, WindowOptions } from '../../../data/index.ts'
import { State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { countParameters } from '../../../nn/index.ts'
import { defineSystem, tasks, z } from '../../../system/index.ts'
import { fitted } from './fitted.ts'
import { Forecaster } from './forecaster.ts'
import { EqMotion, type EqMotionOptions, type Horizon } from './model.ts'
import { study } from './study.ts'
import { train } from './train.ts'

const count = (least: number, value: number, description: string) =>
  z.number().int().min(least).default(value).describe(description)

export const eqmotion = defineSystem({
  name: 'eqmotion',
  family: 'bodies',
  summary: 'where moving bodies go, and which of them act on each other',
  paper: {
    title: 'EqMotion: Equivariant Multi-agent Motion Prediction with Invariant Interaction Reasoning',
    venue: 'CVPR',
    year: 2023,
    code: 'MediaBrain-SJTU/EqMotion',
  },
  task: tasks.trajectories,
  accelerated: true,
  world: 'springs',
  options: z.object({
    past: count(2, 8, 'of a recording: steps that are seen'),
    future: count(1, 12, 'of a recording: steps that are foretold'),
    bodies: count(2, 5, 'of a recording: bodies of a scene, the one it is about and its nearest neighbours'),
    radius: z
      .number()
      .positive()
      .default(5)
      .describe('of a recording: how near neighbours are where more bodies are about than a scene holds'),
    hidden: count(2, 64, 'width of the features of a body and of a pair, even'),
    channels: count(1, 64, 'vectors that describe a body'),
    layers: count(1, 4, 'layers; with several heads the last one is theirs'),
    categories: count(1, 2, 'kinds of interaction to tell apart'),
    forces: count(1, 2, 'kinds that act; kinds beyond them mean no force'),
    temperature: z
      .number()
      .positive()
      .default(1)
      .describe('of the softmax over kinds, smaller is more decided; 0.5 where kinds are what is asked for'),
    heads: count(1, 1, 'futures foretold side by side; the nearest is learned from'),
    reasoning: z.boolean().default(true).describe('infer the kinds; otherwise all are equally likely'),
    learn: z.enum(['all', 'first']).default('all').describe("whose futures count: all bodies' or each scene's first"),
    epochs: count(1, 200, 'passes over the training scenes'),
    batch: count(1, 100, 'scenes a step'),
    learningRate: z.number().positive().default(5e-4).describe('step size of Adam'),
    decay: z.number().min(0).max(1).default(1).describe('factor of the rate every decayEvery epochs'),
    decayEvery: count(1, 2, 'epochs between decays'),
    validateEvery: count(1, 5, 'epochs between validations'),
    patience: count(1, 10, 'validations without a smaller final error before training stops'),
  }),
  fit: async (tracks, options, context) => {
    check(options)
    const { model, forecaster, state, horizon, valid, test } = await train(tracks, options, context)
    const data = tracks.windows ?? windowsLike(tracks, horizon, options.radius)
    return fitted({ forecaster, state, description: { options, horizon, data } }, countParameters(model), {
      valid,
      test,
    })
  },
  load: async ({ description, tensors }, context) => {
    const { options, horizon, data } = description as unknown as {
      options: EqMotionOptions
      horizon: Horizon
      data?: Record<string, unknown>
    }
    const model = new EqMotion(horizon, options)
    const state = new State({ model }, 1)
    state.load(tensors!)
    const forecaster = new Forecaster(model, horizon, state, context)
    return fitted({ forecaster, state, description: { options, horizon, data } }, countParameters(model))
  },
  study,
})

/** How recordings are cut to be answered by a model of scenes that were not cut out of any. */
const windowsLike = ({ bodies }: Trajectories, { past, future }: Horizon, radius: number): WindowOptions => ({
  past,
  future,
  bodies,
  radius,
})

function check({ hidden, forces, categories, layers, heads }: EqMotionOptions): void {
  const conflict = (message: string, where: string, fix: string) =>
    new InterplayError('option/conflict', message, { where: `--set ${where}`, try: `--set ${fix}` })
  if (hidden % 2 === 1) {
    throw conflict(`hidden (${hidden}) is split between speeds and turns`, 'hidden', `hidden=${hidden + 1}`)
  }
  if (forces > categories) {
    throw conflict(`${forces} forces of ${categories} categories`, 'forces', `forces=${categories}`)
  }
  if (heads > 1 && layers < 2) throw conflict('every head has the last layer to itself', 'layers', 'layers=2')
}
