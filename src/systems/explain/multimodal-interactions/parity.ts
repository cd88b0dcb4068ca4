import { decompose, jointOf, marginalPair, mutualInformation } from '../../../lenses/index.ts'
import { goldenCases, type GoldenCase } from '../../../study/index.ts'
import { boundsOf } from './closed-forms.ts'

export interface BoundsParity {
  name: string
  /** The largest distance, in bits. */
  distance: number
}

/** Parts and bounds against the authors' solver, undefined where the fixtures are not at hand. */
export async function boundsParities(): Promise<BoundsParity[] | undefined> {
  return (await goldenCases('multimodal-interactions'))?.map(boundsParity)
}

function boundsParity({ name, tensors }: GoldenCase): BoundsParity {
  const { dims, data } = tensors['input/joint']!
  const joint = jointOf(data as Float64Array, dims as [number, number, number])
  const { redundancy, unique, synergy } = decompose(joint)
  const bounds = boundsOf(joint)
  const sources = marginalPair(joint, 'first', 'second')
  const found: Record<string, number> = {
    R: redundancy,
    // stored exchanged by their code
    U1: unique[1],
    U2: unique[0],
    S: synergy,
    I_x1x2: mutualInformation(sources.probabilities, sources.columns),
    lower_R: bounds.fromRedundancy[0],
    // the whole disagreement, as published
    lower_diff: bounds.disagreement - Math.max(...unique),
    upper: bounds.high,
  }
  const distances = Object.entries(found).map(([key, value]) =>
    Math.abs(value - (tensors[`output/${key}`]!.data as Float64Array)[0]!),
  )
  return { name, distance: Math.max(...distances) }
}
