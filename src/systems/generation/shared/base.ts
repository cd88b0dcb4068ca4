import { TextVocabulary } from '../../../data/index.ts'
import { decodeSafetensors, encodeSafetensors, State } from '../../../engine/index.ts'
import { noiseSchedule, type NoiseSchedule, type SamplingOptions, type ScheduleKind } from '../../../nn/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { GivenRun, Saved } from '../../../system/index.ts'
import { TextToImage, type TextToImageOptions } from './text-to-image.ts'

/** How pictures are drawn from noise. */
export interface Sampling {
  /** Steps of DDIM. */
  steps: number
  /** How far past the unconditional answer the conditional one is followed. */
  guidance: number
}

/** All that the weights of a text-to-image model do not tell. */
export interface BaseDescription {
  network: TextToImageOptions
  words: readonly string[]
  sampling: Sampling
}

/** A trained text-to-image model: what adapters are learned on, and pictures drawn with. */
export interface Base {
  description: BaseDescription
  model: TextToImage
  /** Has `model.*`. */
  state: State
  vocabulary: TextVocabulary
  schedule: NoiseSchedule
}

export const newBase = (description: BaseDescription, seed: number): Base => {
  const model = new TextToImage(description.network)
  return baseFrom(description, model, new State({ model }, seed))
}

export const baseFrom = (description: BaseDescription, model: TextToImage, state: State): Base => ({
  description,
  model,
  state,
  vocabulary: new TextVocabulary(description.words),
  schedule: noiseSchedule(description.network.schedule),
})

/** A base as it was saved, also one of before targets, which foretells noise. Throws `model/weights`. */
export function openBase({ description, tensors }: Saved): Base {
  const { schedule, network, ...rest } = description as unknown as BaseDescription & { schedule?: ScheduleKind }
  const base = newBase({ ...rest, network: { ...(schedule && { schedule, target: 'noise' }), ...network } }, 1)
  base.state.load(tensors!)
  return base
}

/** The base of a run that another one starts from. Throws `usage/wrong-task`, `model/weights`. */
export function openRun({ name, system, saved }: GivenRun): Base {
  if (system === 'diffusion') return openBase(saved)
  throw new InterplayError('usage/wrong-task', `'${name}' is a run of ${system}, which draws no pictures`, {
    where: `--from ${name}`,
    try: 'a run of diffusion',
  })
}

export const saveBase = ({ description, state }: Base): Saved => ({
  description: { ...description },
  tensors: Object.fromEntries([...state.entries()].filter(([name]) => name.startsWith('model.'))),
})

/** A base as one file of tensors, with what else is to be told of it. */
export const encodeBase = (base: Base, metadata: Readonly<Record<string, string>> = {}): Uint8Array =>
  encodeSafetensors(saveBase(base).tensors!, { description: JSON.stringify(base.description), ...metadata })

/** Reads such a file. Throws `data/corrupt`, `model/weights`. */
export function decodeBase(bytes: Uint8Array, file: string): Base {
  const { tensors, metadata } = decodeSafetensors(bytes, file)
  return openBase({ description: JSON.parse(metadata.description!) as Saved['description'], tensors })
}

/** Colours are -1 .. 1: what a step of drawing foretells is held there. */
export const colourBound = 1

/** How steps of drawing lie: a base that foretells velocity begins where nothing is left of a picture. */
export const spacingOf = ({ model }: Base): SamplingOptions['spacing'] =>
  model.options.target === 'velocity' ? 'trailing' : 'leading'

/** Gives a state that has the base's model beside other owners the base's weights. */
export function copyWeights({ model, state }: Base, to: State): void {
  for (const [, parameter] of model.parameters()) to.write(parameter, state.read(parameter).data)
}
