import { formatCount, formatNumber } from '../../../charts/format.ts'
import { ethUcyScenes, leaveOneOut, readEthUcy, type Splits, type Trajectories } from '../../../data/index.ts'
import { decodeSafetensors, encodeSafetensors, State, type Device } from '../../../engine/index.ts'
import { displacement, type Displacement } from '../../../metrics/index.ts'
import { showRows } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { taken } from '../../../train/index.ts'
import { constantVelocity } from '../shared/constant-velocity.ts'
import { Forecaster } from './forecaster.ts'
import { EqMotion } from './model.ts'
import { countedOf, scenesOf } from './scenes.ts'
import { train, type TrainOptions } from './train.ts'

/** Of people walking in ZARA1: 3.2 seconds seen, 4.8 asked for; the one asked about and two others within 5 m. */
const windows = { past: 8, future: 12, bodies: 3, radius: 5 }

/** What the futures of the network are compared with, as many as it foretells. */
const sampler = { samples: 20, headingNoise: 25 }

/** As the authors train ZARA1 with their decay (main_eth_diverse.py), for a third of their 60 epochs. */
const training: TrainOptions = {
  ...{ hidden: 64, channels: 128, layers: 4, categories: 4, forces: 2, temperature: 1, reasoning: true },
  ...{ heads: sampler.samples, learn: 'first', epochs: 20, batch: 100, learningRate: 1e-3, decay: 0.8, decayEvery: 2 },
  ...{ validateEvery: 1, patience: 20 },
}

const claims = ['windows', 'walkers'] as const
const authors = { train: 28_577, test: 2_356, people: 82_627 + 6_079 }

/** Columns of the study's table. */
export const columns = ['scenes', 'seed', 'forecaster', 'ADE', 'FDE', 'edge accuracy']

/** ETH-UCY with ZARA1 held out: the best of 20 futures, seed by seed. */
export async function pedestrians(context: StudyContext): Promise<void> {
  const { open, skip, settle, seeds, size } = context
  if (!open(...claims)) return
  const folder = context.dataset('eth-ucy')
  if (folder === undefined) {
    for (const claim of claims) skip(claim, 'no data')
    return
  }
  const data = leaveOneOut(await readEthUcy(folder), ethUcyScenes.zara1, windows)
  settleWindows(data, context)
  if (size === 'small') return skip('walkers', 'full size only')
  const measured: Compared[] = []
  for (const seed of seeds) measured.push(await compared(data, training, seed, context))
  showRows(context, {
    columns,
    rows: measured.flatMap((each, i) => [
      ['ZARA1', seeds[i]!, `best of 20, epoch ${each.bestEpoch}`, each.foretold.ade, each.foretold.fde, ''],
      ['ZARA1', seeds[i]!, 'best of 20 constant velocities', each.straight.ade, each.straight.fde, ''],
    ]),
  })
  const list = (errors: readonly Displacement[]) =>
    errors.map(({ ade, fde }) => `${formatNumber(ade)}/${formatNumber(fde)}`).join(', ')
  const [foretold, straight] = [measured.map(each => each.foretold), measured.map(each => each.straight)]
  settle('walkers', {
    measured: `${list(foretold)} against ${list(straight)}`,
    holds: measured.every(each => each.foretold.ade < each.straight.ade && each.foretold.fde < each.straight.fde),
    seeds,
    note: `ADE/FDE in metres; the authors report 0.18/0.32, of the epoch best on the test scene itself; ours is that best on the last fifth of the other scenes: ${measured.map(each => each.bestEpoch).join(', ')} of ${training.epochs}; trained on ${[...new Set(measured.map(each => each.device))].join(', ')}`,
  })
}

function settleWindows({ splits, seen, bodies, steps }: Trajectories & { splits: Splits }, { settle }: StudyContext) {
  const peopleOf = (rows: Int32Array) =>
    taken(seen!, bodies * steps, rows).reduce((sum, value) => sum + value, 0) / steps
  const { train: learned, test } = splits
  const people = peopleOf(learned) + peopleOf(test)
  settle('windows', {
    measured: [learned.length, test.length, people].map(formatCount).join(', '),
    holds: learned.length === authors.train && test.length === authors.test && people === authors.people,
  })
}

export interface Compared {
  /** Of the nearest of the network's futures, over test scenes. */
  foretold: Displacement
  /** Of the nearest of as many constant velocities. */
  straight: Displacement
  bestEpoch: number
  /** Where the network was trained. */
  device: Device
}

/** A network trained on one seed, and constant velocities of that seed, on the same test scenes. */
export async function compared(
  data: Trajectories & { splits: Splits },
  options: TrainOptions,
  seed: number,
  context: Pick<StudyContext, 'threads' | 'device' | 'signal' | 'stage' | 'progress'>,
): Promise<Compared> {
  const { threads, device = 'cpu', signal, stage, progress } = context
  const bytes = await stage(`${seed} ZARA1`, async checkpoint => {
    const { state, forecaster, bestEpoch } = await train(data, options, {
      ...{ seed, threads, device, signal, checkpoint },
      progress: ({ done, total }) => progress(`ZARA1, seed ${seed}: epoch ${done} of ${total}`),
    })
    await forecaster.close()
    const weights = [...state.entries()].filter(([name]) => name.startsWith('model.'))
    return encodeSafetensors(Object.fromEntries(weights), { bestEpoch: String(bestEpoch), device })
  })
  const { tensors, metadata } = decodeSafetensors(bytes, 'ZARA1')
  const scenes = scenesOf(data)
  const { bodies, past, futureSteps, dimensions } = scenes
  const horizon = { past, future: futureSteps }
  const model = new EqMotion(horizon, options)
  const state = new State({ model }, seed)
  state.load(tensors)
  const forecaster = new Forecaster(model, horizon, state, { threads, device })
  const { test } = data.splits
  try {
    const futures = constantVelocity(taken(scenes.locations, bodies * past * dimensions, test), {
      ...{ past, future: futureSteps, dimensions, seed },
      ...{ samples: options.heads, headingNoise: sampler.headingNoise },
    })
    const happened = taken(scenes.future, bodies * futureSteps * dimensions, test)
    const counted = countedOf(scenes, test, options.learn)
    return {
      foretold: await forecaster.displacement(scenes, test, options.learn, signal),
      straight: displacement(futures, happened, { heads: options.heads, frames: futureSteps, dimensions, counted }),
      bestEpoch: Number(metadata.bestEpoch),
      device: metadata.device as Device,
    }
  } finally {
    await forecaster.close()
  }
}
