import { goldenCases } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { doublingRatio, regressionDifference } from './closed-forms.ts'
import { centredNoise, parityOf } from './parity.ts'
import { binnedError, trial, type Trial } from './planted.ts'

export async function run(context: StudyContext): Promise<void> {
  await parity(context)
  const difference = Math.max(regressionDifference(0.5), regressionDifference(1.5))
  context.settle('exact', { measured: difference, holds: difference < 1e-8 })
  if (context.size === 'small') context.skip('linear', 'full size only')
  else {
    const ratio = doublingRatio(2000)
    context.settle('linear', { measured: `${ratio.toFixed(2)} times`, holds: ratio < 2.3 })
  }
  await planted(context)
}

async function parity({ settle, skip }: StudyContext): Promise<void> {
  const cases = await goldenCases('funbat')
  const collapsing = cases?.find(({ name }) => name === 'cp-collapsing')
  if (!cases || !collapsing) {
    for (const claim of ['parity', 'centred']) skip(claim, 'fixtures are not here')
    return
  }
  const measured = Math.max(...cases.flatMap(golden => Object.values(parityOf(golden))))
  settle('parity', { measured, holds: measured <= 1e-6 })
  const { theirs, ours } = await centredNoise(collapsing)
  settle('centred', { measured: `${ours.toFixed(3)}, theirs ${theirs.toFixed(3)}`, holds: ours < 0.9 })
}

const plantedClaims = ['noise', 'recovered', 'bands', 'cp', 'bins', 'subspaces']

async function planted(context: StudyContext): Promise<void> {
  const { settle, skip, show, size, seeds, threads, signal, progress } = context
  if (size === 'small') for (const claim of plantedClaims) skip(claim, 'full size only')
  if (size === 'small' || !context.open(...plantedClaims)) return
  const found: { seed: number; tucker: Trial; cp: Trial; wide: Trial; bins: number }[] = []
  for (const seed of seeds) {
    progress(`smooth tensor, seed ${seed}`)
    const run = (set: Parameters<typeof trial>[1]) => trial(seed, set, { seed, threads, signal, progress: () => {} })
    found.push({
      seed,
      tucker: await run({}),
      cp: await run({ form: 'cp' }),
      wide: await run({ rank: [3] }),
      bins: binnedError(seed),
    })
  }
  show({
    table: {
      columns: ['model', 'seed', 'error', 'noise found / true', 'covered', 'least cosine'],
      rows: found.flatMap(({ seed, tucker, cp, wide, bins: binned }) => [
        ...Object.entries({ 'Tucker, rank 2': tucker, 'CP, rank 2': cp, 'Tucker, rank 3': wide }).map(
          ([name, each]) => [name, seed, each.error, each.noise, each.covered, each.cosine] as const,
        ),
        ['ten bins, Tucker by least squares', seed, binned, null, null, null] as const,
      ]),
    },
  })
  const worst = (of: (each: (typeof found)[number]) => number) => Math.max(...found.map(of))
  const mean = (of: (each: (typeof found)[number]) => number) =>
    found.reduce((sum, each) => sum + of(each), 0) / found.length
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`
  const noise = worst(({ tucker }) => Math.abs(tucker.noise - 1))
  settle('noise', { measured: `${percent(noise)} off in the worst seed`, holds: noise <= 0.05, seeds })
  const error = worst(({ tucker }) => tucker.error)
  settle('recovered', { measured: error, holds: error < 0.08, seeds })
  const [least, most] = [-worst(({ tucker }) => -tucker.covered), worst(({ tucker }) => tucker.covered)]
  settle('bands', { measured: `${percent(least)} to ${percent(most)}`, holds: least >= 0.9 && most <= 0.98, seeds })
  const against = worst(({ tucker, cp }) => tucker.error / cp.error)
  settle('cp', { measured: `${against.toFixed(2)} times in the worst seed`, holds: against <= 1, seeds })
  const bins = mean(({ tucker }) => tucker.error) / mean(each => each.bins)
  settle('bins', { measured: `${bins.toFixed(2)} times`, holds: bins <= 0.5, seeds })
  const cosine = -worst(({ tucker }) => -tucker.cosine)
  settle('subspaces', { measured: cosine, holds: cosine > 0.98, seeds })
}
