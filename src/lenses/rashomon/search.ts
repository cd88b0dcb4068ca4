/** Loss excesses a feature is taken to, in shares of epsilon: 0, 0.1, ..., 1. */
export const levels = 11

const firstStep = 0.1
/** Step sizes tried: 0.1, 0.01, 0.001, 0.0001. */
const stepSizes = 4
/** Accepted steps without any change of the loss after which a feature is powerless. */
const patience = 100
/** Accepted steps after which a feature is taken as unbounded: no dial takes the loss out of the set. */
const mostSteps = 2000

/** How far one dial can be turned one way. */
export interface Turned {
  /** [levels] the dial at each share of epsilon. */
  dials: Float64Array
  /** The loss does not change however far it is turned. */
  powerless: boolean
  /** The loss changes, but never leaves the set. */
  unbounded: boolean
}

/**
 * The greedy search of one dial (paper algorithm 1): level by level the dial is turned on while the excess of the loss stays
 * below level / 10 of epsilon, with steps of 0.1, then 0.01, 0.001 and 0.0001.
 *
 * @param excess the loss with the dial there, less that of the model
 */
export async function turnDial(
  excess: (dial: number) => Promise<number>,
  epsilon: number,
  direction: 1 | -1,
): Promise<Turned> {
  const dials = new Float64Array(levels)
  let [dial, last, same, steps] = [1, NaN, 0, 0]
  for (let level = 0; level < levels; level++) {
    let [step, tried] = [firstStep, 1]
    while (tried <= stepSizes && same <= patience && steps < mostSteps) {
      const next = dial + direction * step
      const found = await excess(next)
      // level * 0.1 as the published code has it: 0.30000000000000004 for the third.
      if (found < level * firstStep * epsilon) {
        dial = next
        steps++
        same = found === last ? same + 1 : 0
        last = found
      } else {
        step *= 0.1
        tried++
      }
    }
    dials[level] = dial
  }
  return { dials, powerless: same > patience, unbounded: steps >= mostSteps }
}
