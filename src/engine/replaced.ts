import { InterplayError } from '../errors/index.ts'
import { topologicalOrder } from './gradient.ts'
import { Node, type Tensor } from './tensor.ts'

/**
 * `y` as it is with other tensors in place of some: all that reads those is made anew, all else shared. Replacements have the
 * type of what they replace and may read it. Derivatives are taken before: a gradient that was given as a function reads the
 * tensors of before.
 *
 * @throws InterplayError `engine/graph` where a replaced tensor is read inside a loop or branch
 */
export function replaced(y: Tensor, replacements: ReadonlyMap<Tensor, Tensor>): Tensor {
  const known = new Map(replacements)
  const given = new Set([...known.keys()].map(({ node }) => node))
  const now = (tensor: Tensor | undefined) => tensor && (known.get(tensor) ?? tensor)
  for (const node of topologicalOrder([y])) {
    if (given.has(node) || !node.inputs.some(each => each && known.has(each))) continue
    if (Object.values(node.attributes).some(({ type }) => type === 'graph'))
      throw new InterplayError(
        'engine/graph',
        `what stands inside a ${node.operator.name} cannot be replaced from outside`,
      )
    const copy = new Node(node.operator, node.inputs.map(now), node.attributes, node.outputs)
    node.outputs.forEach((output, i) => known.set(output, copy.outputs[i]!))
  }
  return now(y)!
}
