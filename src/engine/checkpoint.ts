import { isFloat } from './dtype.ts'
import { topologicalOrder, vjp } from './gradient.ts'
import { apply, nodesMade, type Node, type Operator, type Tensor } from './tensor.ts'
import { where } from './ops/elementwise.ts'

/**
 * f(...inputs), of which nothing is kept for the gradient but the inputs: the gradient computes f again. Saves memory,
 * costs one more forward pass of f. Beside its inputs f may read any tensor made before.
 */
export function checkpoint(f: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[]): Tensor {
  // a mark tells what f reads as its argument from the same tensor read around it
  const marked = inputs.map(each => apply(argumentOperator, [each], {}, each))
  const before = nodesMade()
  const y = f(...marked)
  const enclosed = readAround(y, before).filter(tensor => !marked.includes(tensor))
  const sources = [...inputs, ...enclosed]
  const operator: Operator = {
    name: 'Checkpoint',
    transparent: true,
    gradient: (_, [d]) => {
      const later = inputs.map(each => after(each, d!))
      const read = [...later, ...enclosed]
      const products = vjp([f(...later)], read, [d!], new Set(read.map(({ node }) => node)))
      return [undefined, ...products.map((product, i) => (isFloat(sources[i]!.dtype) ? product : undefined))]
    },
  }
  return apply(operator, [y, ...sources], {}, { dtype: y.dtype, shape: y.shape })
}

const argumentOperator: Operator = { name: 'Argument', transparent: true, gradient: (_, [d]) => [d] }

/** The floats among the tensors made before node number `before` that later nodes up to `y` read. */
function readAround(y: Tensor, before: number): Tensor[] {
  const isNew = (node: Node) => node.number >= before
  if (!isNew(y.node)) return [y]
  const nodes = topologicalOrder([y], node => (isNew(node) ? node.inputs : [])).filter(isNew)
  const read = nodes.flatMap(({ inputs }) => inputs.filter(input => input && !isNew(input.node)) as Tensor[])
  return [...new Set(read)].filter(({ dtype }) => isFloat(dtype))
}

/**
 * `x`, but not before `d` is known: the runtime would otherwise find that the second pass repeats the first, and keep its
 * values. Both branches are `x`, so that a NaN in `d` changes nothing.
 */
function after(x: Tensor, d: Tensor): Tensor {
  const total = d.sum()
  return where(total.equal(total), x, x)
}
