import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InterplayError } from '../../errors/index.ts'
import { readTracks } from './read-tracks.ts'
import { splitByTime, type Tracks } from './tracks.ts'
import { joinTrajectories, type Trajectories } from './trajectories.ts'
import { presentOf, windowsOf, type WindowOptions } from './windows.ts'

const recording = /\.(txt|csv|tsv)(\.gz)?$/

/** Shares of a recording's time that are learned from, and learned from or chosen by; the rest is tested on. */
const [learned, chosen] = [0.7, 0.85]

/**
 * Scenes of a recording, or of all in a folder, each a file of `readTracks`. To fit: every window of each, cut in time so that
 * none spans two splits. To predict: the bodies that are seen throughout the last `past` steps of a recording, what comes next
 * being unknown.
 * @throws InterplayError `data/not-found`, `data/empty`, `data/too-short`, `data/shape`, `data/windows`, and what reading tracks
 * throws
 */
export async function readTrajectories({
  inputs,
  purpose,
  options,
  known,
}: {
  inputs: Readonly<Record<string, string>>
  purpose: 'fit' | 'predict'
  options?: Readonly<Record<string, unknown>>
  known?: Readonly<Record<string, unknown>>
}): Promise<Trajectories> {
  const recordings = await Promise.all((await filesOf(inputs.tracks!)).map(readTracks))
  const windows = windowsIn(known ?? options)
  if (purpose === 'fit') return { ...splitWindows(recordings, windows), windows }
  const scenes = recordings.map(each => presentOf(each, windows))
  const ended = scenes.findIndex(each => each.scenes === 0)
  if (ended < 0) return { ...joinTrajectories(scenes), names: scenes.flatMap(({ names }) => names!), windows }
  throw new InterplayError(
    'data/too-short',
    `no body of '${recordings[ended]!.name}' is seen throughout its last ${windows.past} steps`,
    { why: 'a forecast goes on from where a recording ends' },
  )
}

function windowsIn(said: Readonly<Record<string, unknown>> | undefined): WindowOptions {
  if (said) {
    const { past, future, bodies, radius } = said as unknown as WindowOptions
    return { past, future, bodies, radius }
  }
  throw new InterplayError('data/windows', 'nothing says how a recording is cut into scenes', {
    why: 'a run that was fitted on a world by an earlier version does not keep it',
    try: 'interplay fit world:springs -s eqmotion',
  })
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new InterplayError('data/not-found', `no file or folder '${path}'`)
  if (!found.isDirectory()) return [path]
  const files = (await readdir(path)).filter(name => recording.test(name)).sort()
  if (files.length > 0) return files.map(name => join(path, name))
  throw new InterplayError('data/empty', `'${path}' has no recordings`, { why: 'they end in .txt, .csv or .tsv' })
}

function splitWindows(recordings: readonly Tracks[], windows: WindowOptions): Trajectories {
  const parts = recordings.map(each => {
    const [first, test] = splitByTime(each, chosen)
    const [train, valid] = splitByTime(first, learned / chosen)
    return { train, valid, test }
  })
  const splits = { train: new Int32Array(), valid: new Int32Array(), test: new Int32Array() }
  const scenes: Trajectories[] = []
  let start = 0
  for (const split of ['train', 'valid', 'test'] as const) {
    const made = parts.map(part => windowsOf(part[split], windows))
    const count = made.reduce((sum, each) => sum + each.scenes, 0)
    if (count === 0) throw tooShort(split, windows)
    splits[split] = Int32Array.from({ length: count }, (_, i) => start + i)
    start += count
    scenes.push(...made)
  }
  return { ...joinTrajectories(scenes), splits }
}

const tooShort = (split: 'train' | 'valid' | 'test', { past, future }: WindowOptions) =>
  new InterplayError(
    'data/too-short',
    `no body is seen for ${past} + ${future} steps on end in the part of the recording for ${use[split]}`,
    {
      why: `of its time ${formatted(learned)} are for training, then ${formatted(chosen - learned)} for validation`,
      try: '--set past=4 --set future=6',
    },
  )

const use = { train: 'training', valid: 'validation', test: 'tests' }
const formatted = (share: number): string => `${Math.round(100 * share)} %`
