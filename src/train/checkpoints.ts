import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { loadSafetensors, saveSafetensors } from '../engine/safetensors-file.ts'
import { InterplayError } from '../errors/index.ts'
import { diskError, listFolder, syncFolder, writeWhole } from './files.ts'
import type { TableLearner } from './learner.ts'
import type { CheckpointStore, Cursor } from './loop.ts'

interface CursorFile {
  schema: 'interplay.cursor/1'
  step: number
  cursor: Cursor
}

const stepName = (step: number) => `step-${String(step).padStart(6, '0')}`
const newestStep = (names: readonly string[]): number | undefined =>
  names
    .flatMap(name => (name.startsWith('step-') ? [Number(name.slice('step-'.length))] : []))
    .sort((a, b) => a - b)
    .at(-1)
const bestName = (step: number) => `best-${String(step).padStart(6, '0')}`

/**
 * Checkpoints of one run: `step-000420/` holds the whole state and the cursor, `best-000400/` the weights of the best
 * epoch. A folder appears by a rename, so it is whole or absent; older ones go when a newer one stands.
 */
export class Checkpoints implements CheckpointStore {
  constructor(readonly folder: string) {}

  async save(
    cursor: Cursor,
    learner: TableLearner,
    best: ReadonlyMap<string, Float32Array> | undefined,
  ): Promise<void> {
    const { step } = learner.state
    const { bestStep } = cursor.progress
    await mkdir(this.folder, { recursive: true })
    const present = await listFolder(this.folder)
    try {
      if (best && !present.includes(bestName(bestStep))) {
        const shapes = Object.fromEntries(learner.state.entries())
        const tensors = Object.fromEntries([...best].map(([name, data]) => [name, { ...shapes[name]!, data }]))
        await this.appear(bestName(bestStep), draft => saveSafetensors(join(draft, 'state.safetensors'), tensors))
      }
      await this.appear(stepName(step), async draft => {
        await saveSafetensors(join(draft, 'state.safetensors'), Object.fromEntries(learner.state.entries()))
        const file: CursorFile = { schema: 'interplay.cursor/1', step, cursor }
        await writeWhole(join(draft, 'cursor.json'), JSON.stringify(file))
      })
    } catch (error) {
      throw this.explained(error, step, present)
    }
    const kept = new Set([stepName(step), bestName(bestStep)])
    for (const name of present) if (!kept.has(name)) await rm(join(this.folder, name), { recursive: true, force: true })
  }

  /** Puts the newest checkpoint into the learner; undefined when there is none. */
  async load(learner: TableLearner): Promise<{ cursor: Cursor; best?: Map<string, Float32Array> } | undefined> {
    const last = newestStep(await listFolder(this.folder))
    if (last === undefined) return undefined
    const newest = stepName(last)
    const { step, cursor } = JSON.parse(await readFile(join(this.folder, newest, 'cursor.json'), 'utf8')) as CursorFile
    const { tensors } = await loadSafetensors(join(this.folder, newest, 'state.safetensors'))
    learner.state.load(tensors)
    learner.state.step = step
    if (cursor.progress.bestStep === 0) return { cursor: revived(cursor) }
    const saved = await loadSafetensors(join(this.folder, bestName(cursor.progress.bestStep), 'state.safetensors'))
    const best = new Map(
      Object.entries(saved.tensors).map(
        ([name, tensor]) => [name, Float32Array.from(tensor.data as Float32Array)] as const,
      ),
    )
    return { cursor: revived(cursor), best }
  }

  private async appear(name: string, write: (draft: string) => Promise<void>): Promise<void> {
    const draft = join(this.folder, `.${name}`)
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true })
    try {
      await write(draft)
      await rm(join(this.folder, name), { recursive: true, force: true })
      await rename(draft, join(this.folder, name))
      await syncFolder(this.folder)
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      throw error
    }
  }

  private explained(error: unknown, step: number, present: readonly string[]): unknown {
    const last = newestStep(present)
    const intact = last === undefined ? '' : `; step ${last} is intact`
    if (error instanceof InterplayError && error.code === 'run/disk-full') {
      return new InterplayError('run/disk-full', `no space while writing step ${step}${intact}`, {
        where: error.where,
        try: 'free some space, then --resume',
        cause: error.cause,
      })
    }
    return diskError(error, this.folder, `writing step ${step}${intact}`)
  }
}

/** JSON has no NaN: the best value before the first epoch. */
const revived = (cursor: Cursor): Cursor => ({
  ...cursor,
  progress: { ...cursor.progress, bestValue: cursor.progress.bestValue ?? Number.NaN },
})
