import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { requireDevice, type Device } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import { renderFitPage } from '../report/index.ts'
import { parseOptions, type AnySystem, type VerbProgress } from '../system/index.ts'
import { RunFolder, type RunFile } from './run-folder.ts'
import { givenRun, writeSystemBundle } from './system-bundle.ts'
import { systemData } from './system-data.ts'
import { version } from './version.ts'

export interface SystemFitOptions {
  /** Options of the system. */
  set?: Record<string, unknown>
  target?: string
  /** The run that this one starts from. */
  from?: string
  /** The fields that play each role of the task. */
  role?: Readonly<Record<string, readonly string[]>>
  seed?: number
  threads?: number
  device?: Device
  out?: string
  overwrite?: boolean
  signal?: AbortSignal
  onProgress?: (progress: VerbProgress) => void
  /** The run folder exists. */
  onRun?: (run: string) => void
  /** Kept in run.json. */
  command?: string
  origins?: Record<string, string>
}

/** The document of `fit --json` and of `result.json` for a system with a fit of its own. */
export interface SystemFitDocument {
  schema: 'interplay.fit/1'
  interplay: string
  command: 'fit'
  seed: number
  seconds: number
  warnings: never[]
  notes: readonly string[]
  run: string
  system: string
  task: string
  data: string
  /** As they were given, by role. */
  inputs: Readonly<Record<string, string>>
  options: Record<string, unknown>
  metrics: { valid: Readonly<Record<string, number>>; test: Readonly<Record<string, number>> }
  parameters: number
  complete: boolean
  files: string[]
}

/**
 * Fits a system that brings its own `fit`, on inputs by role (or a world), and writes a run folder that `predict` loads.
 * @throws InterplayError `usage/wrong-verb` where nothing is fitted, and what the data, the options and the system throw
 */
export async function fitSystem(
  system: AnySystem,
  inputs: Readonly<Record<string, string>>,
  options: SystemFitOptions = {},
): Promise<SystemFitDocument> {
  const started = performance.now()
  const { seed = 1, threads = 1, device, signal, onProgress, target, role: roles } = options
  if (!system.fit || !system.load) throw notFitted(system)
  const { chosen, from, source } = await begun(system, inputs, options)
  const folder = await RunFolder.create(source.name, system.name, options.out, options.overwrite ?? false, unresumed)
  options.onRun?.(folder.path)
  const file: RunFile = {
    schema: 'interplay.run/1',
    interplay: version,
    node: process.versions.node,
    command: options.command ?? '',
    created: new Date().toISOString(),
    state: 'running',
    system: system.name,
    input: Object.entries(inputs)
      .map(([role, input]) => `${role}=${input}`)
      .join(' '),
    settings: { set: chosen, target, from: options.from, ...(roles ? { role: roles } : {}), threads, device },
    origins: options.origins ?? {},
    seed,
    data: source.inputs,
  }
  await folder.writeRun(file)
  const progress = (event: VerbProgress) => onProgress?.(event)
  let saved = false
  try {
    const fitted = await system.fit(source.data, chosen, {
      seed,
      threads,
      device,
      signal,
      folder: folder.path,
      from,
      progress,
    })
    try {
      const { metrics = {}, parameters = 0, notes = [], figures = [] } = fitted
      const files = await writeSystemBundle(folder.path, await fitted.save(), {
        system: system.name,
        task: system.task.name,
        options: chosen,
        parameters,
        metrics: { test: metrics.test },
        data: { name: source.name, sha256: source.inputs[0]?.sha256 ?? '' },
      })
      saved = true
      const document: SystemFitDocument = {
        schema: 'interplay.fit/1',
        interplay: version,
        command: 'fit',
        seed,
        seconds: (performance.now() - started) / 1000,
        warnings: [],
        notes,
        run: folder.path,
        system: system.name,
        task: system.task.name,
        data: source.name,
        inputs,
        options: chosen,
        metrics: { valid: metrics.valid ?? {}, test: metrics.test ?? {} },
        parameters,
        complete: !signal?.aborted,
        files: ['report.html', ...files],
      }
      await folder.writeJson('result.json', document)
      const { command, created } = file
      const next = ['interplay', ...answeringWords(system, { ...document, from: options.from })].join(' ')
      await folder.writeText('report.html', await renderFitPage({ ...document, figures, command, created, next }))
      await folder.writeRun({ ...file, state: 'finished' })
      return document
    } finally {
      await fitted.close?.()
    }
  } catch (error) {
    if (signal?.aborted) await folder.writeRun({ ...file, state: 'interrupted' })
    else if (!saved) await folder.discard()
    throw error
  }
}

/** A fit of a system's own keeps no checkpoints. */
const unresumed = { resumable: false }

/**
 * The words after `interplay` that answer the inputs of a run again, by role; labels are not asked with them. A run that adds
 * to another's answers is worn by the one it was learned `from`.
 */
export function answeringWords(
  { task, attach }: AnySystem,
  { run, inputs, from }: Pick<SystemFitDocument, 'run' | 'inputs'> & { from?: string },
): string[] {
  const given = task.inputs.flatMap(role => {
    const input = role === 'labels' ? undefined : inputs[role]
    if (input === undefined) return []
    return [input.startsWith('world:') ? input : `${role}=${input}`]
  })
  if (!attach || from === undefined) return ['predict', run, ...given]
  const [name, text] = [basename(run), inputs.text]
  const out = task.name === 'text->image' && text !== undefined && !existsSync(text) ? `${name}.png` : name
  return ['predict', from, ...given, '--with', run, '-o', out]
}

/** The document of `fit --dry-run` of a system with a fit of its own. */
export interface SystemPlan {
  schema: 'interplay.plan/1'
  interplay: string
  command: 'fit'
  plan: { data: { name: string }; system: { name: string }; settings: Record<string, unknown> }
  warnings: never[]
}

/**
 * What `fitSystem` would do: settings are checked and the data read, nothing is learned or written.
 * @throws what `fitSystem` throws before it learns
 */
export async function planSystem(
  system: AnySystem,
  inputs: Readonly<Record<string, string>>,
  options: SystemFitOptions = {},
): Promise<SystemPlan> {
  if (!system.fit || !system.load) throw notFitted(system)
  const { chosen, source } = await begun(system, inputs, options)
  RunFolder.refuse(options.out, options.overwrite ?? false, unresumed)
  const { target, from, role, seed = 1, threads = 1, device = 'cpu' } = options
  return {
    schema: 'interplay.plan/1',
    interplay: version,
    command: 'fit',
    plan: {
      data: { name: source.name },
      system: { name: system.name },
      settings: { system: system.name, target, from, role, seed, threads, device, options: chosen },
    },
    warnings: [],
  }
}

/** Everything before the run folder: options parsed, the device there, the data read. */
async function begun(
  system: AnySystem,
  inputs: Readonly<Record<string, string>>,
  { seed = 1, device, signal, target, role: roles, ...options }: SystemFitOptions,
) {
  await requireDevice(device)
  const chosen = parseOptions(system, options.set ?? {}) as Record<string, unknown>
  const from = options.from === undefined ? undefined : await givenRun(options.from)
  checkRoles(system, roles)
  const source = await systemData(system, { inputs, purpose: 'fit', seed, target, roles, options: chosen, signal })
  return { chosen, from, source }
}

/** @throws InterplayError `option/conflict` */
function checkRoles({ name, task }: AnySystem, roles: SystemFitOptions['role'] = {}): void {
  const known = task.roles ?? []
  const stranger = Object.keys(roles).find(role => !known.includes(role))
  if (stranger === undefined) return
  throw new InterplayError('option/conflict', `the fields of ${task.name} data play no role '${stranger}'`, {
    where: `--role ${stranger}`,
    why: known.length > 0 ? `roles: ${known.join(', ')}` : `${name} asks for none`,
  })
}

function notFitted(system: AnySystem): InterplayError {
  return new InterplayError('usage/wrong-verb', `${system.name} fits nothing`, {
    why: `it takes ${system.task.name} data`,
    try: `interplay systems ${system.name}`,
  })
}
