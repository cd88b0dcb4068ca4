import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { datasetFolder } from '../data/index.ts'
import { requireDevice, type Device } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import { renderStudyPage } from '../report/index.ts'
import { runStudy, type StudyDocument } from '../study/index.ts'
import type { Claim } from '../system/index.ts'
import { systemNamed, systems } from '../systems/index.ts'
import { writeWhole } from '../train/index.ts'
import { version } from './version.ts'

export interface StudyVerbOptions {
  /** `full` is written to `studies/`; `small` only where `out` says. Default `full`. */
  size?: 'full' | 'small'
  /** How many seeds, from `seed` on. Default 3. */
  seeds?: number
  seed?: number
  threads?: number
  /** Where tensors are computed, for systems that are `accelerated`. */
  device?: Device
  /** Goes on from the claims that were settled at the same, clean commit. */
  resume?: boolean
  /** Folder of `<name>.json` and `<name>.html`. */
  out?: string
  signal?: AbortSignal
  onProgress?: (progress: StudyProgress) => void
}

export type StudyProgress = { system: string } & (
  { kind: 'note'; message: string } | { kind: 'claim'; claim: Claim } | { kind: 'done'; study: WrittenStudy }
)

/** A study's document with the page drawn from it. */
export interface WrittenStudy extends StudyDocument {
  page?: string
}

/** The document of `study --json` for several systems; for one it is the study itself. */
export interface StudiesDocument {
  schema: 'interplay.studies/1'
  interplay: string
  command: 'study'
  seconds: number
  warnings: never[]
  studies: WrittenStudy[]
}

const home = fileURLToPath(new URL('../../studies/', import.meta.url))

/** The last full study of a system. */
export async function lastStudy(name: string): Promise<StudyDocument | undefined> {
  const path = join(home, `${name}.json`)
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as StudyDocument) : undefined
}

/**
 * Runs the studies of systems, one after the other. Claims are written as they are settled, the page when all are.
 * @throws InterplayError `usage/unknown-system` before any study runs, and what a study throws
 */
export async function studySystems(names: readonly string[], options: StudyVerbOptions = {}): Promise<StudiesDocument> {
  const started = performance.now()
  await requireDevice(options.device)
  const chosen = names.length > 0 ? names.map(systemNamed) : systems
  const studies: WrittenStudy[] = []
  for (const { name } of chosen) studies.push(await studyOne(name, options))
  return {
    schema: 'interplay.studies/1',
    interplay: version,
    command: 'study',
    seconds: (performance.now() - started) / 1000,
    warnings: [],
    studies,
  }
}

/** The document of `study --dry-run`: what would be checked. */
export interface StudyPlan {
  schema: 'interplay.plan/1'
  interplay: string
  command: 'study'
  size: 'full' | 'small'
  seeds: number[]
  studies: { system: string; claims: Pick<Claim, 'claim' | 'expected'>[] }[]
}

/** @throws InterplayError `usage/unknown-system` */
export function planStudies(names: readonly string[], options: StudyVerbOptions = {}): StudyPlan {
  const { size = 'full', seeds = 3, seed = 1 } = options
  const chosen = names.length > 0 ? names.map(systemNamed) : systems
  return {
    schema: 'interplay.plan/1',
    interplay: version,
    command: 'study',
    size,
    seeds: seedsFrom(seed, seeds),
    studies: chosen.map(({ name, study }) => ({ system: name, claims: Object.values(study.claims) })),
  }
}

const seedsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i)

async function studyOne(name: string, options: StudyVerbOptions): Promise<WrittenStudy> {
  const { size = 'full', seeds = 3, seed = 1, threads = 1, device, resume, signal, onProgress } = options
  const folder = options.out ?? (size === 'full' ? home : undefined)
  const path = folder && join(folder, `${name}.json`)
  let writing = Promise.resolve()
  const write = (document: StudyDocument) => {
    if (path) writing = writing.then(() => writeWhole(path, `${JSON.stringify(document, null, 1)}\n`))
    return writing
  }
  if (folder) await mkdir(folder, { recursive: true })
  const study = await runStudy(name, systemNamed(name).study, {
    size,
    seeds: seedsFrom(seed, seeds),
    threads,
    device,
    interplay: version,
    earlier: resume && path && existsSync(path) ? await earlier(path) : undefined,
    ...(folder && { stages: { folder: join(folder, '.stages'), resume: resume ?? false } }),
    dataset: datasetFolder,
    signal,
    onProgress: message => onProgress?.({ system: name, kind: 'note', message }),
    onClaim: (document, claim) => {
      onProgress?.({ system: name, kind: 'claim', claim })
      return write(document)
    },
  }).finally(() => writing)
  const written: WrittenStudy = { ...study }
  if (path) {
    await write(study)
    const page = join(dirname(path), `${name}.html`)
    await writeWhole(page, await renderStudyPage(study))
    written.page = relative('.', page)
  }
  onProgress?.({ system: name, kind: 'done', study: written })
  return written
}

async function earlier(path: string): Promise<StudyDocument> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as StudyDocument
  } catch (cause) {
    throw new InterplayError('data/corrupt', `'${relative('.', path)}' is not JSON`, {
      try: 'without --resume, it is written anew',
      cause,
    })
  }
}
