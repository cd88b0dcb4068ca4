import { existsSync, readdirSync, statSync } from 'node:fs'
import { appendFile, mkdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { InterplayError } from '../errors/index.ts'
import { diskError, listFolder, writeWhole } from '../train/index.ts'

/** What `run.json` holds: how the run came about, enough to repeat or resume it. */
export interface RunFile {
  schema: 'interplay.run/1'
  interplay: string
  node: string
  command: string
  created: string
  state: 'running' | 'finished' | 'interrupted'
  system: string
  input: string
  settings: Record<string, unknown>
  origins: Record<string, string>
  seed: number
  data: { path: string; sha256: string; bytes: number }[]
}

/** The folder a producing command writes. */
export class RunFolder {
  constructor(
    readonly path: string,
    /** Whether it was made for this run. */
    private readonly made = false,
  ) {}

  get name(): string {
    return basename(this.path)
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts)
  }

  /** A new folder: the given one, which must not hold a run yet, or the next free `runs/<data>-<system>-<n>`. */
  static async create(
    data: string,
    system: string,
    out: string | undefined,
    overwrite: boolean,
    kind: { resumable: boolean } = { resumable: true },
  ): Promise<RunFolder> {
    RunFolder.refuse(out, overwrite, kind)
    const path = out ?? nextFree(data, system)
    if (overwrite) await rm(path, { recursive: true, force: true })
    const first = await mkdir(path, { recursive: true })
    return new RunFolder(path, first !== undefined)
  }

  /** Throws `run/exists` where a new run may not be written: over another unless asked to, and never over other files. */
  static refuse(out: string | undefined, overwrite: boolean, { resumable } = { resumable: true }): void {
    if (out === undefined || !existsSync(out)) return
    if (!existsSync(join(out, 'run.json'))) return expectEmpty(out)
    if (overwrite) return
    throw new InterplayError('run/exists', `'${out}' already holds a run`, {
      try: `${resumable ? '--resume, ' : ''}--overwrite or another --out`,
    })
  }

  /** A folder in which a run was stopped before its `run.json` stood: nothing is in it yet. */
  static async begun(path: string): Promise<boolean> {
    const names = existsSync(path) ? await listFolder(path) : undefined
    return names !== undefined && names.every(name => name === 'run.json.part')
  }

  /** An existing run. Throws `run/not-found`. */
  static async open(path: string): Promise<{ folder: RunFolder; file: RunFile }> {
    const folder = new RunFolder(path)
    const text = await readFile(folder.file('run.json'), 'utf8').catch(() => {
      throw new InterplayError('run/not-found', `'${path}' holds no run`, {
        why: 'run.json is missing',
        try: 'the same command without --resume',
      })
    })
    return { folder, file: JSON.parse(text) as RunFile }
  }

  /** Takes back what was begun here: the folder where it was made for this run, else its `run.json`. */
  async discard(): Promise<void> {
    await rm(this.made ? this.path : this.file('run.json'), { recursive: true, force: true })
  }

  async writeRun(file: RunFile): Promise<void> {
    await this.writeJson('run.json', file)
  }

  async writeJson(name: string, value: unknown): Promise<void> {
    await writeWhole(this.file(name), `${JSON.stringify(value, null, 1)}\n`)
  }

  async writeText(name: string, text: string): Promise<void> {
    await writeWhole(this.file(name), text)
  }

  async append(name: string, value: unknown): Promise<void> {
    try {
      await appendFile(this.file(name), `${JSON.stringify(value)}\n`)
    } catch (error) {
      throw diskError(error, this.file(name))
    }
  }

  /** Drops the lines of a file of JSON lines from the first that `keep` refuses: what a killed run wrote past its checkpoint. */
  async rewind(name: string, keep: (line: Record<string, unknown>) => boolean): Promise<void> {
    const path = this.file(name)
    if (!(await stat(path).catch(() => undefined))) return
    let bytes = 0
    for (const line of (await readFile(path, 'utf8')).split('\n')) {
      if (line === '' || !kept(line, keep)) break
      bytes += Buffer.byteLength(line) + 1
    }
    await truncate(path, bytes)
  }
}

/** What stands in a folder before its run does: a draft, and the trials of the search that the run ends. */
const begunFiles = new Set(['run.json.part', 'trials.jsonl'])

/** A folder that holds no run is not this program's to write over. */
function expectEmpty(path: string): void {
  if (!statSync(path).isDirectory()) return
  const other = readdirSync(path).find(name => !begunFiles.has(name))
  if (other === undefined) return
  throw new InterplayError('run/exists', `'${path}' holds files that are no run's: ${other}`, {
    why: 'a run writes files of its own there, and --overwrite removes those that are there',
    try: 'another --out',
  })
}

function kept(line: string, keep: (line: Record<string, unknown>) => boolean): boolean {
  try {
    return keep(JSON.parse(line) as Record<string, unknown>)
  } catch {
    return false
  }
}

const ending = /\.(csv|tsv|parquet|jsonl?|ndjson|arrow|feather|sqlite3?|db|duckdb|libsvm|libfm)(\.gz|\.zst)?$/i

function nextFree(data: string, system: string): string {
  const name = data.replace(ending, '')
  const stem = `${name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '') || 'run'}-${system}`
  const taken = existsSync('runs') ? readdirSync('runs') : []
  const numbers = taken.flatMap(name => (name.startsWith(`${stem}-`) ? [Number(name.slice(stem.length + 1))] : []))
  return join('runs', `${stem}-${Math.max(0, ...numbers.filter(Number.isInteger)) + 1}`)
}
