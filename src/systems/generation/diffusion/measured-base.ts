import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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

/** Beside the golden vectors of a checkout. */
const folder = fileURLToPath(new URL('../../../../fixtures/bases/', import.meta.url))
const fileIn = (place: string, { seed }: BaseLessons): string => join(place, `tiny-world-${seed}.safetensors`)

/** Keeps a base whose study held for the studies of what is learned on it; nothing where there is no checkout. */
export async function keepBase(base: Base, lessons: BaseLessons, place = folder): Promise<void> {
  if (!existsSync(dirname(place))) return
  await mkdir(place, { recursive: true })
  await writeFile(fileIn(place, lessons), encodeBase(base, { lessons: toldOf(lessons) }))
}

/** The kept base, undefined where it is not at hand or was learned from other lessons. */
export async function keptBase(lessons: BaseLessons, place = folder): Promise<Base | undefined> {
  const file = fileIn(place, lessons)
  if (!existsSync(file)) return undefined
  const bytes = await readFile(file)
  const { metadata } = decodeSafetensors(bytes, file)
  return metadata.lessons === toldOf(lessons) ? decodeBase(bytes, file) : undefined
}

const toldOf = ({ seed, world, options }: BaseLessons): string => JSON.stringify({ seed, world, options })
