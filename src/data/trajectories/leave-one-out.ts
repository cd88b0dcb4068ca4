import { InterplayError } from '../../errors/index.ts'
import type { Splits } from '../items.ts'
import { splitByTime, type Tracks } from './tracks.ts'
import { joinTrajectories, type Trajectories } from './trajectories.ts'
import { windowsOf, type WindowOptions } from './windows.ts'

/** Of a recording that is learned from, the share in time that is. */
const learned = 0.8

/**
 * Windows of all recordings, those named `test` held out whole; of every other the first 80 % of the moments at which anyone is
 * seen are learned from and the rest validate (the split of ETH-UCY since Social GAN). No window spans two parts.
 * @throws InterplayError `data/not-found` where a recording is not there, `data/shape` where they differ in dimensions
 */
export function leaveOneOut(
  recordings: readonly Tracks[],
  test: readonly string[],
  options: WindowOptions,
): Trajectories & { splits: Splits } {
  const absent = test.find(name => !recordings.some(recording => recording.name === name))
  if (absent !== undefined) {
    throw new InterplayError('data/not-found', `no recording '${absent}' to hold out`, {
      why: `recordings: ${recordings.map(({ name }) => name).join(', ')}`,
    })
  }
  const held = recordings.filter(({ name }) => test.includes(name))
  const others = recordings.filter(({ name }) => !test.includes(name)).map(recording => splitByTime(recording, learned))
  const parts = [others.map(([first]) => first), others.map(([, last]) => last), held]
  const windows = parts.map(part => part.map(recording => windowsOf(recording, options)))
  const counts = windows.map(part => part.reduce((sum, { scenes }) => sum + scenes, 0)) as [number, number, number]
  const range = (start: number, length: number) => Int32Array.from({ length }, (_, i) => start + i)
  const [train, valid, tested] = counts
  return {
    ...joinTrajectories(windows.flat()),
    splits: { train: range(0, train), valid: range(train, valid), test: range(train + valid, tested) },
  }
}
