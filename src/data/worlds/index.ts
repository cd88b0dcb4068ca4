import { InterplayError, suggest } from '../../errors/index.ts'
import { coldTastes } from './cold-tastes.ts'
import { noisyColumns } from './noisy-columns.ts'
import { behaviourTypes } from './behaviour-types.ts'
import { funnel } from './funnel.ts'
import { glyphTexture } from './glyph-texture.ts'
import { battle, dilemma } from './games.ts'
import { modularAddition } from './modular-addition.ts'
import { orderBook } from './order-book.ts'
import { plantedGraph } from './planted-graph.ts'
import { charged, springs } from './particles.ts'
import { plantedMethods } from './planted-methods.ts'
import { plantedPairs } from './planted-pairs.ts'
import { radiographs } from './radiographs.ts'
import { regimeTicks } from './regimes.ts'
import { smoothTensor } from './smooth-tensor.ts'
import { stripes } from './stripes.ts'
import { anyTiles, tileHands } from './tiles.ts'
import { tinyLanguage } from './tiny-language.ts'
import { tinyWorld } from './tiny-world/index.ts'
import type { TableWorld, World } from './world.ts'

export type { World } from './world.ts'

/** Every world there is; the first of a task is the one its systems are shown and checked on. */
export const worlds: readonly World[] = [
  plantedPairs,
  plantedMethods,
  noisyColumns,
  behaviourTypes,
  funnel,
  plantedGraph,
  springs,
  charged,
  stripes,
  glyphTexture,
  tileHands,
  anyTiles,
  radiographs,
  smoothTensor,
  regimeTicks,
  orderBook,
  coldTastes,
  dilemma,
  battle,
  modularAddition,
  tinyLanguage,
  tinyWorld,
]

export const isTableWorld = (world: World): world is TableWorld => world.task === 'table'

/** The world of that name, `world:` before it or not. Throws `data/not-found` with the nearest ones. */
export function worldNamed(name: string): World {
  const own = name.replace(/^world:/, '')
  const found = worlds.find(world => world.name === own)
  if (found) return found
  const names = worlds.map(world => world.name)
  const near = suggest(own, names)
  throw new InterplayError('data/not-found', `no world '${own}'`, {
    why: near.length > 0 ? `nearest: ${near.join(', ')}` : `worlds: ${names.join(', ')}`,
  })
}
