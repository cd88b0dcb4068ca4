import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Checkpoint } from '../system/index.ts'

/** Bytes that a study took long to make, kept until it is done: one file a stage. */
export interface Stages {
  /** The bytes of this name, made where they are not kept. */
  stage(name: string, make: (checkpoint?: Checkpoint) => Promise<Uint8Array>): Promise<Uint8Array>
  clear(): Promise<void>
}

/** A stage whose result is plain JSON: finite numbers, texts, lists and records of them. */
export async function stagedResult<Result>(
  { stage }: Pick<Stages, 'stage'>,
  name: string,
  make: (checkpoint?: Checkpoint) => Promise<Result>,
): Promise<Result> {
  const bytes = await stage(name, async checkpoint => new TextEncoder().encode(JSON.stringify(await make(checkpoint))))
  return JSON.parse(new TextDecoder().decode(bytes)) as Result
}

/** Stages that are made anew each time. */
export const noStages: Stages = {
  stage: (_, make) => make(),
  clear: async () => undefined,
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, bytes)
  await rename(`${path}.part`, path)
}

const checkpointIn = (path: string): Checkpoint => ({
  load: async () => (existsSync(path) ? readFile(path) : undefined),
  save: bytes => write(path, bytes),
})

/** Stages in a folder; a file is whole or not there. */
export function stagesIn(folder: string): Stages {
  return {
    async stage(name, make) {
      const path = join(folder, name.replaceAll(/[^\w.-]+/g, '-'))
      if (existsSync(path)) return readFile(path)
      await mkdir(dirname(path), { recursive: true })
      const checkpoint = checkpointIn(`${path}.checkpoint`)
      const bytes = await make(checkpoint)
      await write(path, bytes)
      await rm(`${path}.checkpoint`, { force: true })
      return bytes
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  }
}
