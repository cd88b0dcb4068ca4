import { apply, type Operator, type Tensor } from '../tensor.ts'
import { watched } from '../watch.ts'

const same = (x: Tensor) => ({ dtype: x.dtype, shape: x.shape })

const stopOperator: Operator = { name: 'StopGradient', transparent: true, gradient: () => [undefined] }

/** The value without its gradient: a constant to differentiation. */
export const stopGradient = (x: Tensor): Tensor => apply(stopOperator, [x], {}, same(x))

/**
 * The value of `y` with another gradient: `rule` maps the gradient of `y` to the gradients of `inputs`, and whatever
 * computed `y` is not differentiated through. The rule is itself traced, so it can be differentiated again.
 */
export function withGradient(
  y: Tensor,
  inputs: readonly Tensor[],
  rule: (d: Tensor) => readonly (Tensor | undefined)[],
): Tensor {
  const operator: Operator = {
    name: 'CustomGradient',
    transparent: true,
    gradient: (_, [d]) => [undefined, ...rule(d!)],
  }
  return apply(operator, [y, ...inputs], {}, same(y))
}

/** The value of `hard` with the gradient of `soft`: the straight-through estimator. */
export const straightThrough = (hard: Tensor, soft: Tensor): Tensor => withGradient(hard, [soft], d => [d])

export const nameOperator: Operator = { name: 'Name', transparent: true, gradient: (_, [d]) => [d] }

/** Gives an intermediate a name by which it can be captured and patched. */
export const named = (x: Tensor, name: string): Tensor =>
  watched(x, name, value => apply(nameOperator, [value], { name: { type: 'string', value: name } }, same(value)))
