import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { tableSpec, type EncodedTable } from '../../data/index.ts'
import { importOnnx, State } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import { parseOptions, type TableSystem, type TrainedTable } from '../../system/index.ts'
import { tableSystem } from '../../systems/index.ts'
import type { Bundle } from '../open.ts'
import { RunFolder } from '../run-folder.ts'

/** A run's network with its weights, and its rows as it reads them. */
export interface OpenedRun {
  system: TableSystem
  trained: TrainedTable
  rows: EncodedTable
  /** What ids of categorical and sequence fields stand for. */
  nameOf: (field: string, id: number) => string
}

/**
 * The network of a run, made anew from its settings, with the weights of `model.onnx`.
 *
 * @throws InterplayError `lens/needs` for a bundle without its run and for a system that is no network, `model/weights`
 */
export async function openTrained(bundle: Bundle): Promise<Pick<OpenedRun, 'system' | 'trained'>> {
  const { folder, file, modelPath } = bundle
  if (!existsSync(join(folder, 'run.json')))
    throw new InterplayError('lens/needs', `'${folder}' is a bundle, its network's settings stand in run.json`, {
      try: 'the folder of the run',
    })
  const run = (await RunFolder.open(folder)).file
  const system = tableSystem(run.system)
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
