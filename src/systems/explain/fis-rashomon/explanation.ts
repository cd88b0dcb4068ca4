import {
  formatNumber,
  formatQuantity,
  formatSet,
  haloChart,
  swarmChart,
  type ChartSpec,
} from '../../../charts/index.ts'
import type { RashomonCloud, SetCloud } from '../../../lenses/index.ts'
import type { Finding } from '../../../system/index.ts'

/** Pairs with a halo. */
const drawnHalos = 4

export const indexNames = {
  reference: 'FIS',
  least: 'FIS, least among good models',
  greatest: 'FIS, greatest among good models',
} as const

/** A cloud as findings, charts and sentences. */
export function explanationOf(cloud: RashomonCloud): {
  results: Finding[]
  figures: ChartSpec[]
  notes: string[]
} {
  const { sets, references, loss, reference, epsilon, rows, dial, dials, mains } = cloud
  const clouded = new Map(sets.map(each => [formatSet(each.set), each]))
  const singles = mains.map(({ field, value }): Finding => ({ set: [field], index: 'rise of the loss', value }))
  const joint = references.flatMap(({ set, value }): Finding[] => {
    const found = clouded.get(formatSet(set))
    if (!found) return [{ set, index: indexNames.reference, value, reason: 'no cloud: too weak in the model itself' }]
    const by = (sampler: SetCloud['leastBy']) => `found by: ${sampler}`
    return [
      {
        set,
        index: indexNames.reference,
        value,
        reason: found.signDiffers ? 'its sign differs among good models' : 'every good model has its sign',
      },
      { set, index: indexNames.least, value: found.least, reason: by(found.leastBy) },
      { set, index: indexNames.greatest, value: found.greatest, reason: by(found.greatestBy) },
    ]
  })
  const units = `FIS, ${loss}`
  const inside = (each: SetCloud) => each.points.filter(point => point.inside)
  const swarm = swarmChart({ sets: sets.map(each => ({ ...each, points: inside(each) })), units, epsilon, rows })
  const halos = sets
    .filter(({ set }) => set.length === 2)
    .slice(0, drawnHalos)
    .map(each => haloOf(each, cloud))
  const limited = dials.filter(({ up, down }) => [up, down].some(way => way.powerless || way.unbounded))
  return {
    results: [...singles, ...joint],
    figures: [swarm, ...halos],
    notes: [
      `a good model loses at most ${formatNumber(epsilon)} more than the model's ${loss} of ${formatNumber(reference)}; ${dial}`,
      'FIS: what shuffling a set costs beyond shuffling each of its fields; below zero where either field alone already destroys what both know together',
      'the cloud is found from within: the true ranges are at least as wide',
      ...(limited.length > 0
        ? [
            `${limited.map(({ field }) => field).join(', ')}: ${formatQuantity(limited.length, 'dial')} that no turn takes out of the good models`,
          ]
        : []),
    ],
  }
}

/** The models in which both dials of a pair were turned. */
function haloOf({ set, points }: SetCloud, { epsilon, loss, rows, dials }: RashomonCloud): ChartSpec {
  const dialOf = (field: string, tenth: number, way: 1 | -1) =>
    dials.find(dial => dial.field === field)![way === 1 ? 'up' : 'down'].dials[tenth]!
  return haloChart({
    set: set as [string, string],
    points: points
      .filter(point => point.sampler === 'dials')
      .map(({ split, directions, ...point }) => ({
        ...point,
        split: split as [number, number],
        directions: directions as [1 | -1, 1 | -1],
        dials: [0, 1].map(k => dialOf(set[k]!, split![k]!, directions![k]!)) as [number, number],
      })),
    epsilon,
    loss,
    rows,
  })
}
