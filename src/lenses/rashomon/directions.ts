import { Random } from '../../random/index.ts'

/** A ray that never leaves the set within this length is cut here. */
const longest = 64
const halvings = 12

/**
 * Masks at the edge of the set along random directions: from all ones along a direction drawn evenly, to where the excess
 * of the loss reaches epsilon, found by doubling and bisection and taken from inside.
 */
export async function edgeMask(
  excess: (mask: Float64Array) => Promise<number>,
  epsilon: number,
  fields: number,
  random: Random,
): Promise<Float64Array> {
  const direction = Float64Array.from({ length: fields }, () => random.normal())
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0))
  const at = (distance: number) => direction.map(value => 1 + (distance * value) / length)
  const within = async (distance: number) => (await excess(at(distance))) <= epsilon
  let [inside, outside] = [0, 0.125]
  while (outside < longest && (await within(outside))) [inside, outside] = [outside, 2 * outside]
  if (outside >= longest) return at(inside)
  for (let k = 0; k < halvings; k++) {
    const middle = (inside + outside) / 2
    if (await within(middle)) inside = middle
    else outside = middle
  }
  return at(inside)
}
