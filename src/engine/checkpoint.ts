import { isFloat } from './dtype.ts'
import { topologicalOrder, vjp } from './gradient.ts'
import { apply, constantValue, type Operator, type Tensor } from './tensor.ts'
import { where } from './ops/elementwise.ts'

/**
 * f(...inputs), of which nothing is kept for the gradient but the inputs: the gradient computes f again. Saves memory,
 * costs one more forward pass of f. Beside its inputs f may read parameters and program inputs.
 */
export function checkpoint(f: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[]): Tensor {
  const y = f(...inputs)
  const sources = [...inputs, ...leavesOf(y, inputs)]
  const operator: Operator = {
    name: 'Checkpoint',
    transparent: true,
    gradient: (_, [d]) => {
      const later = inputs.map(each => after(each, d!))
      const again = f(...later)
      const products = vjp([again], [...later, ...sources.slice(inputs.length)], [d!])
      return [undefined, ...products.map((product, i) => (isFloat(sources[i]!.dtype) ? product : undefined))]
    },
  }
  return apply(operator, [y, ...sources], {}, { dtype: y.dtype, shape: y.shape })
}

/** The float leaves that `y` reads beside `inputs`. */
function leavesOf(y: Tensor, inputs: readonly Tensor[]): Tensor[] {
  const given = new Set(inputs.map(each => each.node))
  const order = topologicalOrder([y], node => (given.has(node) ? [] : node.inputs))
  return order
    .filter(node => node.operator.leaf && !given.has(node))
    .flatMap(node => node.outputs)
    .filter(leaf => isFloat(leaf.dtype) && !constantValue(leaf))
}

/**
 * `x`, but not before `d` is known: the runtime would otherwise find that the second pass repeats the first, and keep its
 * values. Both branches are `x`, so that a NaN in `d` changes nothing.
 */
function after(x: Tensor, d: Tensor): Tensor {
  const total = d.sum()
  return where(total.equal(total), x, x)
}
