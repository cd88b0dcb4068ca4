import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import type { Device } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import { noStages, stagesIn } from './stages.ts'
import type { Claim, Settlement, Study, StudyContext, StudyResult } from '../system/index.ts'

/** `studies/<name>.json`. */
export interface StudyDocument extends StudyResult {
  schema: 'interplay.study/1'
  interplay: string
  command: 'study'
  system: string
  size: 'full' | 'small'
  /** Absent in studies of earlier versions. */
  seeds?: readonly number[]
  commit: string
  date: string
  seconds: number
  warnings: never[]
  machine: { processor: string; cores: number; memoryBytes: number; node: string; device?: Device }
  claims: Claim[]
}

export interface StudyOptions {
  size: 'full' | 'small'
  seeds: readonly number[]
  threads: number
  device?: Device
  interplay: string
  /** What an interrupted study of these seeds settled and showed; kept where its commit is this one and the tree is that commit's. */
  earlier?: StudyDocument
  /** Where long stages are kept until all claims are settled; those of an earlier run serve only where `resume` says so. */
  stages?: { folder: string; resume: boolean }
  dataset(name: string): string | undefined
  signal?: AbortSignal
  onProgress?: (message: string) => void
  /** Called whenever a claim is settled, with all that is known so far. */
  onClaim?: (document: StudyDocument, claim: Claim) => Promise<void> | void
  /** HEAD unless given. */
  commit?: string
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Where this program writes what it measured: no part of what is measured, or, as a base is, fixed by what it was learned from. */
const written = ['studies', 'bench/leaderboards', 'bench/results', 'fixtures/bases']

/** HEAD's short hash, with `-dirty` where the tree differs (results aside); `unknown` outside a checkout of this package. */
export function currentCommit(): string {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    if (git('rev-parse', '--show-prefix') !== '') return 'unknown'
    const dirty = git('status', '--porcelain', '--', '.', ...written.map(folder => `:!${folder}`)) !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${dirty ? '-dirty' : ''}`
  } catch {
    return 'unknown'
  }
}

const isOf = (earlier: StudyDocument, commit: string, { size, seeds }: StudyOptions): boolean =>
  earlier.commit === commit && earlier.size === size && `${earlier.seeds}` === `${seeds}`

/**
 * Runs a study and returns its document; every statement of the study has a claim in it, run or not.
 * @throws InterplayError `run/changed` where it is to be resumed and the tree is no commit's
 */
export async function runStudy(name: string, study: Study, options: StudyOptions): Promise<StudyDocument> {
  const started = performance.now()
  const commit = options.commit ?? currentCommit()
  const clean = commit !== 'unknown' && !commit.endsWith('-dirty')
  if (options.stages?.resume && !clean) {
    const here = commit === 'unknown' ? 'no checkout' : commit
    throw new InterplayError('run/changed', `a study goes on where the code is a commit's, and this is ${here}`, {
      where: '--resume',
      why: 'what was settled, and the stages that were kept, are those of a commit',
      try: 'commit or stash the changes; without --resume it begins anew',
    })
  }
  const settled = new Map<string, Claim>()
  let shown: StudyResult = {}
  if (clean && options.earlier && isOf(options.earlier, commit, options)) {
    const { claims, table, figures } = options.earlier
    for (const [key, { claim }] of Object.entries(study.claims)) {
      const known = claims.find(each => each.claim === claim && each.holds !== null)
      if (known) settled.set(key, known)
    }
    shown = { table, figures }
  }
  const stages = clean && options.stages ? stagesIn(join(options.stages.folder, `${name}-${commit}`)) : noStages
  if (!options.stages?.resume) await stages.clear()
  const document = (): StudyDocument => ({
    schema: 'interplay.study/1',
    interplay: options.interplay,
    command: 'study',
    system: name,
    size: options.size,
    seeds: options.seeds,
    commit,
    date: new Date().toISOString(),
    seconds: (performance.now() - started) / 1000,
    warnings: [],
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      node: process.versions.node,
      ...(options.device && options.device !== 'cpu' && { device: options.device }),
    },
    claims: Object.entries(study.claims).map(
      ([key, statement]) => settled.get(key) ?? { ...statement, measured: null, holds: null, note: 'not run' },
    ),
    ...shown,
  })
  const statement = (key: string) => {
    const found = study.claims[key]
    if (!found)
      throw new InterplayError('internal/study', `the ${name} study settles '${key}', which it does not claim`)
    return found
  }
  const context: StudyContext = {
    ...options,
    open: (...keys) => keys.some(key => !settled.has(key)),
    settle: (key: string, settlement: Settlement) => {
      const claim = { ...statement(key), ...settlement }
      settled.set(key, claim)
      void options.onClaim?.(document(), claim)
    },
    show: result => {
      shown = { ...shown, ...result }
    },
    shown: () => shown,
    stage: (stage, make) => stages.stage(stage, make),
    skip: (key, note) => {
      if (!settled.has(key)) settled.set(key, { ...statement(key), measured: null, holds: null, note })
    },
    progress: message => options.onProgress?.(message),
  }
  await study.run(context)
  await stages.clear()
  return document()
}
