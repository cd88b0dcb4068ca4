import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Game } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import type { Round } from '../systems/agents/repeated-games/match.ts'
import { RunFolder } from './run-folder.ts'

/** What matches rest on: a tournament goes on only with the same. */
export interface MatchesBasis {
  players: readonly string[]
  games: readonly Game[]
  seeds: readonly number[]
  /** Instead of each game's own. */
  rounds?: number
}

/** The matches of a tournament as they end, a line of JSON each: where it is stopped, it goes on behind the last. */
export class KeptMatches {
  private constructor(
    private readonly path: string,
    /** Rounds of those that were played before, in their order. */
    readonly played: readonly Round[][],
  ) {}

  /**
   * Those of a stopped tournament with `resume`, else none yet. They stand beside `out` until its table is written.
   * @throws InterplayError `run/exists`, `run/not-found`, `run/changed` where the tournament began with other matches to play
   */
  static async open(out: string, basis: MatchesBasis, resume = false): Promise<KeptMatches> {
    const path = `${out}.matches.jsonl`
    const plain = plainOf(basis)
    if (!resume) {
      if (existsSync(path)) throw stopped(out, path)
      await folderOf(path).append(basename(path), plain)
      return new KeptMatches(path, [])
    }
    if (!existsSync(path)) throw nothingKept(out, path)
    await folderOf(path).rewind(basename(path), () => true)
    const [first, ...lines] = (await readFile(path, 'utf8')).split('\n').filter(Boolean)
    if (first === undefined) await folderOf(path).append(basename(path), plain)
    else checkUnchanged(JSON.parse(first) as object, plain)
    return new KeptMatches(
      path,
      lines.map(line => JSON.parse(line) as Round[]),
    )
  }

  async keep(rounds: readonly Round[]): Promise<void> {
    await folderOf(this.path).append(basename(this.path), rounds)
  }

  /** All that was kept stands elsewhere now. */
  async discard(): Promise<void> {
    await rm(this.path, { force: true })
  }
}

const folderOf = (path: string): RunFolder => new RunFolder(dirname(path))

/** As a line of the file; games by their hash, whatever they are called. */
const plainOf = ({ players, games, seeds, rounds }: MatchesBasis) => ({
  players,
  games: createHash('sha256').update(JSON.stringify(games)).digest('hex'),
  seeds,
  rounds: rounds ?? null,
})

const stopped = (out: string, path: string): InterplayError =>
  new InterplayError('run/exists', `'${out}' already has matches of a stopped tournament`, {
    where: path,
    try: '--resume, or another --out',
  })

const nothingKept = (out: string, path: string): InterplayError =>
  new InterplayError('run/not-found', `'${out}' has no matches of a stopped tournament`, {
    why: `${path} is missing`,
    try: 'the same command without --resume',
  })

function checkUnchanged(before: object, now: ReturnType<typeof plainOf>): void {
  const was = before as Record<string, unknown>
  const changed = Object.entries(now).flatMap(([key, value]) => (isDeepStrictEqual(was[key], value) ? [] : [key]))
  if (changed.length === 0) return
  throw new InterplayError('run/changed', `cannot resume: ${changed.join(', ')} changed since the tournament began`, {
    try: 'a new tournament, with another --out',
  })
}
