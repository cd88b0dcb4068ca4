import { attributes, type Attribute, type Scene } from '../../../data/index.ts'
import { kernelDistance } from '../../../metrics/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { measuredBase } from '../diffusion/measured-base.ts'
import { stagedBase } from '../diffusion/staged-base.ts'
import type { TrainOptions } from '../diffusion/train.ts'
import type { Base } from '../shared/base.ts'
import { Judge, stagedJudge, type Judgement } from '../shared/judge.ts'
import { Pipeline, type PictureAdapter } from '../shared/pipeline.ts'
import type { Membrane } from './membrane.ts'
import type { ErasingOptions } from './train.ts'

/** How much an experiment trains and draws. */
export interface Scale {
  /** Pictures to learn from, and pixels of their side. */
  pictures: number
  side: number
  base: TrainOptions
  /** Pictures and passes by which a sibling of the base is fine-tuned on other backgrounds. */
  sibling: { pictures: number; epochs: number }
  erasing: ErasingOptions
  /** Pictures a rate is measured on. */
  perCell: number
}

/** A thing that is erased: the phrase, and what the judge calls it. */
export interface Concept {
  phrase: string
  attribute: Attribute
}

export const concepts = {
  star: { phrase: 'star', attribute: 'shape' },
  mosaic: { phrase: 'mosaic', attribute: 'style' },
  red: { phrase: 'red', attribute: 'colour' },
  checker: { phrase: 'checker', attribute: 'background' },
} as const satisfies Record<string, Concept>

/** What texts ask for; plain and without what any concept names, where nothing else is said. */
type Asked = Pick<Scene, 'shape' | 'colour' | 'style' | 'background'>

const untouched = {
  shape: attributes.shape.filter(shape => shape !== 'star'),
  colour: attributes.colour.filter(colour => colour !== 'red'),
  background: attributes.background.filter(background => background !== 'checker'),
}

/** `count` texts that ask for something, all else going round. */
export function textsOf(given: Partial<Asked>, count: number): { texts: string[]; asked: Asked[] } {
  const round = <T>(values: readonly T[], i: number, times: number) => values[Math.floor(i / times) % values.length]!
  const asked = Array.from({ length: count }, (_, i): Asked => ({
    shape: round(untouched.shape, i, 1),
    colour: round(untouched.colour, i, untouched.shape.length),
    background: round(untouched.background, i, 1),
    style: 'plain',
    ...given,
  }))
  const texts = asked.map(({ shape, colour, background, style }) =>
    [...(style === 'plain' ? [] : [`a ${style} of`]), `a ${colour} ${shape} on ${background}`].join(' '),
  )
  return { texts, asked }
}

/** A base with adapters on it, and what a judge sees in its pictures. */
export class Gallery {
  private readonly pipeline: Pipeline

  constructor(
    base: Base,
    adapters: readonly PictureAdapter[],
    private readonly judge: Judge,
    private readonly context: Pick<StudyContext, 'threads' | 'device' | 'signal'> & { seed: number; perCell: number },
  ) {
    this.pipeline = new Pipeline(base, adapters, context)
  }

  /** Share of pictures of a concept that show it. */
  async rate({ phrase, attribute }: Concept): Promise<number> {
    const { judged } = await this.view({ [attribute]: phrase })
    const own = (attributes[attribute] as string[]).indexOf(phrase)
    return judged[attribute].filter(read => read === own).length / judged[attribute].length
  }

  /** Texts that name no concept: the share of their shapes that are drawn, and the features of their pictures. */
  async others(): Promise<{ accuracy: number; features: Float32Array; strengths: readonly Float32Array[] }> {
    const { asked, judged, strengths } = await this.view({})
    const right = asked.filter(({ shape }, i) => attributes.shape[judged.shape[i]!] === shape).length
    return { accuracy: right / asked.length, features: judged.features, strengths }
  }

  close(): Promise<void> {
    return this.pipeline.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private async view(
    given: Partial<Asked>,
  ): Promise<{ asked: Asked[]; judged: Judgement; strengths: readonly Float32Array[] }> {
    const { seed, signal, perCell } = this.context
    const { texts, asked } = textsOf(given, perCell)
    const { pixels, strengths } = await this.pipeline.draw(texts, { seed, signal })
    return { asked, judged: await this.judge.read(pixels), strengths }
  }
}

/** How far pictures of texts without a concept are from the base's. */
export const distanceOf = (a: Float32Array, b: Float32Array): number => kernelDistance(a, b, Judge.featureWidth)

/** A base and a judge of one world. */
export async function prepared(scale: Scale, context: StudyContext): Promise<{ base: Base; judge: Judge }> {
  const seed = context.seeds[0]!
  const { side, pictures, base: options } = scale
  const judge = await stagedJudge(context, side)
  return { base: await measuredBase({ seed, world: { seed, pictures, side }, options }, context), judge }
}

/** The base after some passes over pictures of two backgrounds. */
export function siblingOf(start: Base, { sibling, side, base }: Scale, context: StudyContext): Promise<Base> {
  const seed = context.seeds[0]! + 1
  const { pictures, epochs } = sibling
  const world = { seed, pictures, side, backgrounds: ['navy', 'sand'] } as const
  const options = { ...base, epochs, patience: epochs }
  return stagedBase('sibling', { seed, world, options, start }, context)
}

/**
 * Several membranes as the published inference script adds them: factors of all files are summed, each times its strength,
 * and only then multiplied, so that strengths are squared and files cross. (sum g U)(sum g D) is the sum of g g' U D' over
 * all pairs, which is how it is written here.
 */
export const factorsSummed = (membranes: readonly Membrane[]): PictureAdapter[] =>
  membranes.flatMap(up =>
    membranes.map(down => ({
      name: `${up.name} x ${down.name}`,
      weights: {
        ...up.weights,
        tensors: Object.fromEntries(
          Object.entries(up.weights.tensors).map(([name, tensor]) => [
            name,
            name.endsWith('.lora_down.weight') ? down.weights.tensors[name]! : tensor,
          ]),
        ),
      },
      strengths: async (texts, encode) => {
        const [a, b] = await Promise.all([up.strengths(texts, encode), down.strengths(texts, encode)])
        return a.map((value, i) => value * b[i]!)
      },
    })),
  )
