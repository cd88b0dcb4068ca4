import { constant } from '../../../engine/index.ts'
import {
  goldenCases,
  largestDifference,
  moduleParity,
  type GoldenCase,
  type ModuleParity,
} from '../../../study/index.ts'
import { InteractionEstimator } from './estimator.ts'
import { publishedInteractions } from './published.ts'
import { TokenSimilarity } from './similarity.ts'
import { TokenMerge } from './token-merge.ts'

export interface HbiParities {
  estimator: ModuleParity
  merge: ModuleParity
  /** Of words and frames, of phrases and clips, of sentences and segments. */
  similarities: ModuleParity[]
  /** Largest distance of interactions as published. */
  published: number
}

/** Modules and interactions against the authors' code, undefined where the fixtures are not at hand. */
export async function hbiParities(): Promise<HbiParities | undefined> {
  const cases = await goldenCases('hbi')
  if (!cases) return undefined
  const named = (name: string) => cases.find(each => each.name === name)!
  return {
    estimator: await estimatorParity(named('estimator')),
    merge: await mergeParity(named('merge')),
    similarities: [
      await similarityParity(named('similarity')),
      await similarityParity(named('similarity-action')),
      await similarityParity(named('similarity-event')),
    ],
    published: publishedParity(named('published')),
  }
}

function estimatorParity(golden: GoldenCase): Promise<ModuleParity> {
  const estimator = new InteractionEstimator(golden.configuration.planes as number)
  return moduleParity(estimator, golden, ({ map }) => ({ outputs: { interactions: estimator.forward(map!) } }))
}

function mergeParity(golden: GoldenCase): Promise<ModuleParity> {
  const { width, heads, ratio } = golden.configuration as Record<string, number>
  const merge = new TokenMerge(width!, golden.tensors['input/tokens']!.dims[1]!, { ratio: ratio!, heads: heads! })
  const numbers = Array.from({ length: merge.clusters }, (_, k) => k)
  return moduleParity(merge, golden, ({ tokens, mask }) => {
    const { merged, assignment } = merge.forward({ tokens: tokens!, mask })
    const number = assignment.mul(constant(numbers, [merge.clusters, 1])).sum(1)
    return { outputs: { merged, assignment: number } }
  })
}

function similarityParity(golden: GoldenCase): Promise<ModuleParity> {
  const similarity = new TokenSimilarity(golden.configuration.width as number)
  return moduleParity(similarity, golden, ({ text, frames, textMask, frameMask }, mode) => {
    const sides = [
      { tokens: text!, mask: textMask },
      { tokens: frames!, mask: frameMask },
    ] as const
    const found = similarity.forward(...sides, mode, { compatibility: true })
    return { outputs: { similarity: found }, loss: found.sum() }
  })
}

function publishedParity({ tensors }: GoldenCase): number {
  const values = (key: string) => tensors[key]!.data as Float64Array
  const [items, words, frames] = tensors['input/cosines']!.dims as [number, number, number]
  const found = new Float64Array(items * words * frames)
  for (let item = 0; item < items; item++) {
    const part = (key: string, width: number) => values(key).subarray(item * width, (item + 1) * width)
    const own = publishedInteractions(
      part('input/cosines', words * frames),
      { weights: part('input/textWeights', words), mask: part('input/textMask', words) },
      { weights: part('input/videoWeights', frames), mask: part('input/videoMask', frames) },
    )
    found.set(own, item * words * frames)
  }
  return largestDifference(found, values('output/interactions'))
}
