import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { InterplayError } from '../errors/index.ts'
import type { Candidate } from '../system/index.ts'
import { RunFolder } from './run-folder.ts'

const trialsFile = 'trials.jsonl'

/** How long a trial ran: some first passes, or for as long as it got better. */
export type TrialLength = 'first' | 'whole'

interface Line {
  trial: string
  length: TrialLength
  candidate: Candidate
}

/** What trials rest on: a search goes on only with the same. */
export interface TrialsBasis {
  /** SHA-256 of each input. */
  data: string[]
  settings: Record<string, unknown>
}

/** The finished trials of a search in its run folder, a line of JSON each: where it is stopped, it goes on behind the last. */
export class KeptTrials {
  private constructor(
    readonly folder: RunFolder,
    private readonly known: Map<string, Candidate>,
  ) {}

  /**
   * Those of the folder `out` with `resume`, else none in a new folder.
   * @throws InterplayError `run/exists`, `run/not-found`, `run/changed` where data or settings are others than the search began with
   */
  static async open(
    data: string,
    basis: TrialsBasis,
    { out, resume, overwrite }: { out?: string; resume?: boolean; overwrite?: boolean },
  ): Promise<KeptTrials> {
    const plain = JSON.parse(JSON.stringify(basis)) as TrialsBasis
    const begun = out !== undefined && existsSync(join(out, trialsFile))
    if (begun && resume) {
      const folder = new RunFolder(out)
      return new KeptTrials(folder, await readTrials(folder, plain))
    }
    if (begun && !overwrite) throw searched(out)
    if (resume && out !== undefined && !(await RunFolder.begun(out))) throw noSearch(out)
    const folder = await RunFolder.create(data, 'search', out, overwrite ?? false)
    await folder.append(trialsFile, plain)
    return new KeptTrials(folder, new Map())
  }

  get(trial: string, length: TrialLength): Candidate | undefined {
    return this.known.get(`${length} ${trial}`)
  }

  async keep(trial: string, length: TrialLength, candidate: Candidate): Promise<void> {
    await this.folder.append(trialsFile, { trial, length, candidate } satisfies Line)
  }
}

const searched = (out: string): InterplayError =>
  new InterplayError('run/exists', `'${out}' already holds a search`, { try: '--resume, --overwrite or another --out' })

const noSearch = (out: string): InterplayError =>
  new InterplayError('run/not-found', `'${out}' holds no search among systems or settings`, {
    why: `${trialsFile} is missing`,
    try: 'the same command without --resume',
  })

async function readTrials(folder: RunFolder, now: TrialsBasis): Promise<Map<string, Candidate>> {
  await folder.rewind(trialsFile, () => true)
  const [first, ...lines] = (await readFile(folder.file(trialsFile), 'utf8')).trimEnd().split('\n')
  checkUnchanged(JSON.parse(first || '{}') as Partial<TrialsBasis>, now)
  return new Map(
    lines.map(line => {
      const { trial, length, candidate } = JSON.parse(line) as Line
      return [`${length} ${trial}`, candidate]
    }),
  )
}

function checkUnchanged({ data, settings = {} }: Partial<TrialsBasis>, now: TrialsBasis): void {
  const keys = [...new Set([...Object.keys(settings), ...Object.keys(now.settings)])]
  const changed = keys.filter(key => !isDeepStrictEqual(settings[key], now.settings[key]))
  if (!isDeepStrictEqual(data, now.data)) changed.unshift('the data')
  if (changed.length === 0) return
  throw new InterplayError('run/changed', `cannot resume: ${changed.join(', ')} changed since the search began`, {
    try: 'a new search, with another --out',
  })
}
