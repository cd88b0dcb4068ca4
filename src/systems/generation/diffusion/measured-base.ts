import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { decodeSafetensors } from '../../../engine/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { decodeBase, encodeBase, type Base } from '../shared/base.ts'
import { diffusion } from './index.ts'
import { stagedBase, type BaseLessons } from './staged-base.ts'

/** What `study diffusion` learns its base from. */
export const measuredLessons = (seed: number): BaseLessons => ({
  seed,
  world: { seed, pictures: 8000, side: 32 },
  options: diffusion.options.parse({}),
})

/** The base that adapters of a study are learned on: the kept one, or else one trained as a stage. */
export const measuredBase = async (lessons: BaseLessons, context: StudyContext): Promise<Base> =>
  (await keptBase(lessons)) ?? stagedBase('base', lessons, context)

const fixtures = new URL('../../../../fixtures/', import.meta.url)
const fileOf = ({ seed }: BaseLessons): string =>
  fileURLToPath(new URL(`bases/tiny-world-${seed}.safetensors`, fixtures))

/** Keeps a base whose study held for the studies of what is learned on it, in a checkout. */
export async function keepBase(base: Base, lessons: BaseLessons): Promise<void> {
  if (!existsSync(fixtures)) return
  await mkdir(new URL('bases/', fixtures), { recursive: true })
  await writeFile(fileOf(lessons), encodeBase(base, { lessons: toldOf(lessons) }))
}

/** The kept base, undefined where it is not at hand or was learned from other lessons. */
export async function keptBase(lessons: BaseLessons): Promise<Base | undefined> {
  const file = fileOf(lessons)
  if (!existsSync(file)) return undefined
  const bytes = await readFile(file)
  const { metadata } = decodeSafetensors(bytes, file)
  return metadata.lessons === toldOf(lessons) ? decodeBase(bytes, file) : undefined
}

const toldOf = ({ seed, world, options }: BaseLessons): string => JSON.stringify({ seed, world, options })
