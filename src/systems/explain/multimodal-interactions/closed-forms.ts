import {
  decompose,
  jointOf,
  marginalPair,
  synergyBounds,
  type Joint,
  type SynergyBounds,
} from '../../../lenses/index.ts'

export interface ClosedForm {
  name: string
  /** Redundancy, uniqueness of either, synergy, lower bound from redundancy, upper bound; in bits. */
  measured: readonly number[]
  expected: readonly number[]
}

/** Every combination of values is one outcome, all equally likely: a list of (x1, x2, y). */
function equallyLikely(outcomes: readonly (readonly [number, number, number])[]): Joint {
  const shape = [0, 1, 2].map(i => 1 + Math.max(...outcomes.map(outcome => outcome[i]!))) as [number, number, number]
  const weights = new Float64Array(shape[0] * shape[1] * shape[2])
  for (const [a, b, y] of outcomes) weights[(a * shape[1] + b) * shape[2] + y]!++
  return jointOf(weights, shape)
}

const bits: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]
const gate = (y: (a: number, b: number) => number) => equallyLikely(bits.map(([a, b]) => [a, b, y(a, b)]))

const forms: readonly (readonly [name: string, joint: Joint, expected: readonly number[]])[] = [
  ['y = x1 xor x2', gate((a, b) => a ^ b), [0, 0, 0, 1, 0, 1]],
  ['y = x1 and x2', gate((a, b) => a & b), [0.3113, 0, 0, 0.5, 0.3113, 0.5]],
  ['y = x1', gate(a => a), [0, 1, 0, 0, 0, 0]],
  ['x1 = x2 = y', equallyLikely([[0, 0, 0], [1, 1, 1]]), [1, 0, 0, 0, 0, 0]], // prettier-ignore
  ['y = (x1, x2)', gate((a, b) => 2 * a + b), [0, 1, 1, 0, 0, 0]],
  ['y = x1 + x2', gate((a, b) => a + b), [0.5, 0, 0, 1, 0.5, 1]],
]

export function closedForms(): ClosedForm[] {
  return forms.map(([name, joint, expected]) => {
    const { redundancy, unique, synergy } = decompose(joint)
    const { fromRedundancy, high } = boundsOf(joint)
    return { name, measured: [redundancy, ...unique, synergy, Math.max(...fromRedundancy), high], expected }
  })
}

/** Bounds from what a joint distribution shows of every two variables. */
export const boundsOf = (joint: Joint): SynergyBounds =>
  synergyBounds({
    firstLabel: marginalPair(joint, 'first', 'label'),
    secondLabel: marginalPair(joint, 'second', 'label'),
    sources: marginalPair(joint, 'first', 'second'),
  })

export const distanceOf = ({ measured, expected }: ClosedForm): number =>
  Math.max(...measured.map((value, i) => Math.abs(value - expected[i]!)))
