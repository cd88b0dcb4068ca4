import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { loadSafetensors, saveSafetensors } from '../engine/safetensors-file.ts'
import { InterplayError } from '../errors/index.ts'
import type { GivenRun, Saved } from '../system/index.ts'
import { sha256, writeWhole } from '../train/index.ts'
import { version } from './version.ts'

/** `interplay.json` of a system with a fit of its own: `state.safetensors` stands where the answer is no ONNX graph. */
export interface SystemBundle {
  schema: 'interplay.bundle/1'
  interplay: string
  system: string
  task: string
  created: string
  options: Readonly<Record<string, unknown>>
  /** The system's own: sizes, vocabularies. */
  description: Saved['description']
  model?: { file: 'model.onnx'; sha256: string; parameters: number }
  state?: { file: 'state.safetensors'; sha256: string; parameters: number }
  metrics: { test?: Readonly<Record<string, number>> }
  data: { name: string; sha256: string }
}

type Described = Pick<SystemBundle, 'system' | 'task' | 'options' | 'metrics' | 'data'> & { parameters: number }

/** Writes what `save` gave, and returns the names of the files. */
export async function writeSystemBundle(folder: string, saved: Saved, about: Described): Promise<string[]> {
  const { parameters, ...rest } = about
  const files: string[] = []
  const bundle: SystemBundle = {
    schema: 'interplay.bundle/1',
    interplay: version,
    created: new Date().toISOString(),
    ...rest,
    description: saved.description,
  }
  if (saved.model) {
    await writeWhole(join(folder, 'model.onnx'), saved.model)
    bundle.model = { file: 'model.onnx', sha256: sha256(saved.model), parameters }
    files.push('model.onnx')
  }
  if (saved.tensors) {
    const path = join(folder, 'state.safetensors')
    await saveSafetensors(path, saved.tensors)
    bundle.state = { file: 'state.safetensors', sha256: sha256(await readFile(path)), parameters }
    files.push('state.safetensors')
  }
  await writeWhole(join(folder, 'interplay.json'), `${JSON.stringify(bundle, null, 1)}\n`)
  return [...files, 'interplay.json']
}

/** A run folder's bundle and what `load` of its system takes. Throws `model/not-found`, `model/corrupt`. */
export async function readSystemBundle(folder: string): Promise<{ bundle: SystemBundle; saved: Saved }> {
  const bundle = JSON.parse(await bundleText(folder)) as SystemBundle
  const part = async (about: { file: string; sha256: string }) => {
    const path = join(folder, about.file)
    const bytes = await readFile(path).catch(() => {
      throw new InterplayError('model/not-found', `'${path}' is missing`)
    })
    if (sha256(bytes) === about.sha256) return { path, bytes }
    throw new InterplayError('model/corrupt', `'${path}' is not what interplay.json was written for`, {
      why: 'their checksums differ: the file was cut off or replaced',
    })
  }
  const model = bundle.model && (await part(bundle.model)).bytes
  const tensors = bundle.state && (await loadSafetensors((await part(bundle.state)).path)).tensors
  return { bundle, saved: { description: bundle.description, model, tensors } }
}

/** A run that another one builds on. Throws what `readSystemBundle` throws. */
export async function givenRun(folder: string): Promise<GivenRun> {
  const { bundle, saved } = await readSystemBundle(folder)
  return { name: basename(folder), system: bundle.system, saved }
}

/** The task of the bundle in a folder; undefined where there is none. */
export async function bundleTask(folder: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await bundleText(folder)) as { task?: string }).task
  } catch {
    return undefined
  }
}

/** The system of the bundle in a folder; undefined where there is none. */
export async function bundleSystem(folder: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await bundleText(folder)) as { system?: string }).system
  } catch {
    return undefined
  }
}

const bundleText = (folder: string): Promise<string> =>
  readFile(join(folder, 'interplay.json'), 'utf8').catch(() => {
    throw new InterplayError('model/not-found', `'${folder}' holds no bundle: interplay.json is missing`)
  })
