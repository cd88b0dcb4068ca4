import { topologicalOrder } from './gradient.ts'
import type { Tensor } from './tensor.ts'

/** The tensors on the way to `output` that a model named, under the given names (theirs to ours). */
export function namedTensors(output: Tensor, names: Readonly<Record<string, string>>): Record<string, Tensor> {
  const found: Record<string, Tensor> = {}
  for (const node of topologicalOrder([output])) {
    const name = node.attributes.name?.value
    if (node.operator.name === 'Name' && typeof name === 'string' && name in names)
      found[names[name]!] = node.outputs[0]!
  }
  return found
}
