import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tableSpec, type EncodedTable } from '../../data/index.ts'
import { importOnnx, State } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import { parseOptions, type KeptTexts, type TableSystem, type TrainedTable } from '../../system/index.ts'
import { tableSystem } from '../../systems/index.ts'
import type { Bundle } from '../open.ts'
import { RunFolder, type RunFile } from '../run-folder.ts'

/** A run's network with its weights, and its rows as it reads them. */
export interface OpenedRun {
  system: TableSystem
  trained: TrainedTable
  rows: EncodedTable
  /** What ids of categorical and sequence fields stand for. */
  nameOf: (field: string, id: number) => string
}

/** A run's system, and the texts it kept beside its result. */
export interface KeptRun {
  system: TableSystem
  kept: KeptTexts
}

/** @throws InterplayError `lens/needs` for a bundle without its run, `data/not-found` for a text that is not there */
export async function openKept(bundle: Bundle): Promise<KeptRun> {
  const { system } = await runOf(bundle)
  const kept = (name: string) =>
    readFile(join(bundle.folder, name), 'utf8').catch(() => {
      throw new InterplayError('data/not-found', `'${bundle.folder}' holds no ${name}`)
    })
  return { system, kept }
}

async function runOf({ folder }: Bundle): Promise<{ run: RunFile; system: TableSystem }> {
  if (!existsSync(join(folder, 'run.json')))
    throw new InterplayError('lens/needs', `'${folder}' is a bundle, its network's settings stand in run.json`, {
      try: 'the folder of the run',
    })
  const run = (await RunFolder.open(folder)).file
  return { run, system: tableSystem(run.system) }
}

/**
 * The network of a run, made anew from its settings, with the weights of `model.onnx`.
 *
 * @throws InterplayError `lens/needs` for a bundle without its run and for a system that is no network, `model/weights`
 */
export async function openTrained(bundle: Bundle): Promise<Pick<OpenedRun, 'system' | 'trained'>> {
  const { folder, file, modelPath } = bundle
  const { run, system } = await runOf(bundle)
  if (!system.create)
    throw new InterplayError('lens/needs', `'${folder}' is a run of ${system.name}, which is no network`)
  const spec = tableSpec(file, file.data.rows)
  const model = system.create(parseOptions(system, run.settings.set as Record<string, unknown>), spec)
  const state = new State({ model }, 1)
  await using written = await importOnnx(modelPath)
  const values = new Map([...written.parameters()].map(([path, parameter]) => [path, parameter]))
  for (const [path, parameter] of model.parameters()) {
    const found = values.get(path)
    if (!found)
      throw new InterplayError('model/weights', `'${modelPath}' has no '${path}'`, {
        why: `run.json describes another ${system.name} than was written`,
      })
    state.write(parameter, written.state.read(found).data)
  }
  return { system, trained: { model, spec, state } }
}
