import { constant, eager } from '../../../engine/index.ts'
import {
  attention,
  cellsAt,
  maskedMean,
  similarityMap,
  spatialSimilarity,
  strongestMean,
  vote,
  type CellFeatures,
} from '../../../lenses/index.ts'
import { convolve4d } from '../../../nn/index.ts'
import {
  goldenCases,
  largestDifference,
  moduleParity,
  type GoldenCase,
  type ModuleParity,
} from '../../../study/index.ts'
import { HoughMatching } from './hough/hough-matching.ts'
import { transferPoints } from './hough/transfer.ts'
import type { Session } from './null-result.ts'

export interface CorrParities {
  learner: ModuleParity
  /** Largest distances of the four-axis convolution, of transferred points, and of similarities, attention and scores. */
  convolution: number
  transfer: number
  scores: number
  /** Whether labels, votes and the order of candidates are the same. */
  decided: boolean
}

/** Matching and scoring against the authors' code, undefined where the fixtures are not at hand. */
export async function corrParities(): Promise<CorrParities | undefined> {
  const cases = await goldenCases('chm-corr')
  if (!cases) return undefined
  return {
    learner: await learnerParity(caseOf(cases, 'learner')),
    convolution: await convolutionParity(caseOf(cases, 'convolution')),
    transfer: await transferParity(caseOf(cases, 'transfer')),
    ...scoresParity(caseOf(cases, 'scores')),
  }
}

const caseOf = (cases: readonly GoldenCase[], name: string) => cases.find(each => each.name === name)!

function learnerParity(golden: GoldenCase): Promise<ModuleParity> {
  const matching = new HoughMatching(golden.configuration.channels as number)
  return moduleParity(matching, golden, ({ source, target }) => ({
    outputs: { correlation: matching.forward(source!, target!) },
  }))
}

/** Votes of features of 15 x 15: seconds of work, so apart from the others. */
export async function votesParity(): Promise<number | undefined> {
  const cases = await goldenCases('chm-corr')
  if (!cases) return undefined
  const golden = caseOf(cases, 'learner-15')
  const matching = new HoughMatching(golden.configuration.channels as number)
  const { outputs } = await moduleParity(matching, golden, ({ source, target }) => {
    const votes = matching.forward(source!, target!).slice(1, 0, undefined, 30)
    return { outputs: { votes }, loss: votes.sum() }
  })
  return outputs.votes!
}

async function transferParity({ tensors, configuration }: GoldenCase): Promise<number> {
  const { data, dims } = tensors['input/votes']!
  const votes = constant(data as Float32Array, dims)
  const points = configuration.points as [number, number][]
  const found = await eager(transferPoints(votes, points, { reach: 0.1 }))
  return largestDifference(found.data as Float32Array, tensors['output/points']!.data as Float32Array)
}

async function convolutionParity({ tensors }: GoldenCase): Promise<number> {
  const tensor = (key: string) => constant(tensors[key]!.data as Float32Array, tensors[key]!.dims)
  const { data } = await eager(convolve4d(tensor('input/x'), tensor('input/kernel')))
  return largestDifference(data as Float32Array, tensors['output/y']!.data as Float32Array)
}

function scoresParity({ tensors, configuration }: GoldenCase): Pick<CorrParities, 'scores' | 'decided'> {
  const { threshold, K } = configuration as { threshold: number; K: number }
  const values = (key: string) => tensors[key]!.data as Float64Array
  const [count, channels, rows, columns] = tensors['input/candidates']!.dims as [number, number, number, number]
  const cells = rows * columns
  const features = (key: string, at: number): CellFeatures => ({
    channels,
    rows,
    columns,
    values: values(key).subarray(at * channels * cells, (at + 1) * channels * cells),
  })
  const query = features('input/query', 0)
  const mask = Uint8Array.from(values('input/mask'))
  const found = { similarities: [], spatial: [], attention: [], static: [], edited: [] } as Record<string, number[]>
  for (let at = 0; at < count; at++) {
    const candidate = features('input/candidates', at)
    const points = values('input/points').subarray(at * 2 * cells, (at + 1) * 2 * cells)
    // the released code takes x for the row
    const turned = Float64Array.from(points, (_, k) => points[k ^ 1]!)
    const similarities = similarityMap(query, candidate, cellsAt(turned, query))
    const spatial = spatialSimilarity(query, candidate)
    const seen = attention(spatial, threshold)
    found.similarities!.push(...similarities)
    found.spatial!.push(...spatial)
    found.attention!.push(...seen)
    found.static!.push(strongestMean(similarities, seen))
    found.edited!.push(maskedMean(similarities, mask))
  }
  const order = (scores: readonly number[]) => [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!)
  const labels = values('input/labels')
  const votes = [found.static!, found.edited!].flatMap(scores => {
    const { label, votes: most } = vote(
      order(scores).map(at => labels[at]!),
      K,
    )
    return [label, most]
  })
  return {
    scores: Math.max(...Object.entries(found).map(([name, own]) => largestDifference(own, values(`output/${name}`)))),
    decided:
      votes.join() === Array.from(values('output/predictions')).join() &&
      order(found.static!).join() === Array.from(values('output/order')).join(),
  }
}

/** The sessions of the released logs, counted; undefined where the fixtures are not at hand. */
export async function releasedSessions(): Promise<Session[] | undefined> {
  const cases = await goldenCases('chm-corr')
  if (!cases) return undefined
  const { tensors } = caseOf(cases, 'decisions')
  const { dims, data } = tensors.sessions!
  return Array.from({ length: dims[0]! }, (_, at): Session => {
    const [person, dynamic, right, acceptedRight, wrong, rejectedWrong] = Array.from(
      (data as Int32Array).subarray(at * dims[1]!, (at + 1) * dims[1]!),
    ) as [number, number, number, number, number, number]
    return {
      person,
      arm: dynamic ? 'dynamic' : 'static',
      rightModel: { successes: acceptedRight, trials: right },
      wrongModel: { successes: rejectedWrong, trials: wrong },
    }
  })
}
