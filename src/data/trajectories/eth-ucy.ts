import { join } from 'node:path'
import { fileIn } from '../datasets/locate.ts'
import { InterplayError } from '../../errors/index.ts'
import { readTracks } from './read-tracks.ts'
import type { Tracks } from './tracks.ts'

/** Recordings of people walking, in metres at 2.5 moments a second (BIWI 2009, UCY 2007). */
const recordings = [
  'biwi_eth',
  'biwi_hotel',
  'crowds_zara01',
  'crowds_zara02',
  'crowds_zara03',
  'students001',
  'students003',
  'uni_examples',
] as const

/** The recordings of each scene that is held out in turn; the others are learned from. */
export const ethUcyScenes = {
  eth: ['biwi_eth'],
  hotel: ['biwi_hotel'],
  univ: ['students001', 'students003'],
  zara1: ['crowds_zara01'],
  zara2: ['crowds_zara02'],
} as const satisfies Record<string, readonly (typeof recordings)[number][]>

/** All recordings of the folder. Throws `data/not-found`, and what reading tracks throws. */
export const readEthUcy = (folder: string): Promise<Tracks[]> =>
  Promise.all(
    recordings.map(name => {
      const path = fileIn(folder, `${name}.txt.gz`)
      if (path !== undefined) return readTracks(path)
      throw new InterplayError('data/not-found', `no file '${join(folder, `${name}.txt`)}'`)
    }),
  )
