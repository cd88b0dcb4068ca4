import { InterplayError } from '../errors/index.ts'
import { isFloat } from './dtype.ts'
import { sameShape, spellShape } from './dimension.ts'
import { constant, Node, Tensor } from './tensor.ts'

/** Nodes reachable from `outputs` through `inputsOf`, every node after the nodes it reads. */
export function topologicalOrder(
  outputs: readonly Tensor[],
  inputsOf: (node: Node) => readonly (Tensor | undefined)[] = node => node.inputs,
): Node[] {
  const order: Node[] = []
  const seen = new Set<Node>()
  const stack: { node: Node; next: number }[] = []
  for (const output of outputs) {
    if (!seen.has(output.node)) stack.push({ node: output.node, next: 0 })
    seen.add(output.node)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      const inputs = inputsOf(top.node)
      const input = inputs[top.next++]
      if (top.next > inputs.length) {
        order.push(top.node)
        stack.pop()
      } else if (input && !seen.has(input.node)) {
        seen.add(input.node)
        stack.push({ node: input.node, next: 0 })
      }
    }
  }
  return order
}

/**
 * Vector-Jacobian product: the gradients of sum(outputs * cotangents) with respect to `wrt`; zeros where unreached. Nothing
 * flows through the nodes of `border`.
 */
export function vjp(
  outputs: readonly Tensor[],
  wrt: readonly Tensor[],
  cotangents: readonly Tensor[],
  border: ReadonlySet<Node> = new Set(),
): Tensor[] {
  const order = topologicalOrder(outputs, node => (border.has(node) ? [] : node.inputs))
  const targets = new Set(wrt.map(tensor => tensor.node))
  const active = new Set<Node>()
  for (const node of order) {
    if (targets.has(node) || node.inputs.some(input => input && active.has(input.node))) active.add(node)
  }
  const gradients = new Map<Tensor, Tensor>()
  const accumulate = (tensor: Tensor, gradient: Tensor) => {
    const known = gradients.get(tensor)
    gradients.set(tensor, known ? known.add(gradient) : gradient)
  }
  outputs.forEach((output, i) => accumulate(output, alike('vjp: a cotangent', cotangents[i]!, output)))
  for (const node of order.reverse()) {
    if (!active.has(node) || node.operator.leaf || border.has(node)) continue
    const received = node.outputs.map(output => gradients.get(output))
    if (received.every(gradient => gradient === undefined)) continue
    const products = productsOf(node, received)
    node.inputs.forEach((input, i) => {
      const product = products[i]
      if (input && product && active.has(input.node)) accumulate(input, product)
    })
  }
  return wrt.map(tensor => gradients.get(tensor) ?? tensor.zerosLike())
}

function productsOf(node: Node, received: readonly (Tensor | undefined)[]): readonly (Tensor | undefined)[] {
  const { operator } = node
  if (operator.gradient) return operator.gradient(node, received)
  if (node.outputs.every(output => !isFloat(output.dtype))) return []
  throw new InterplayError(
    'engine/not-differentiable',
    `${operator.name} has no gradient: ${operator.notDifferentiable}`,
    {
      why: 'a value that was to be differentiated passes through it',
      try: 'stopGradient or straightThrough where the gradient is not wanted',
    },
  )
}

/** The gradient of a scalar `loss` with respect to each of `wrt`; a graph like any other, so it can be differentiated again. */
export function grad(loss: Tensor, wrt: readonly Tensor[]): Tensor[]
export function grad(loss: Tensor, wrt: Tensor): Tensor
export function grad(loss: Tensor, wrt: Tensor | readonly Tensor[]): Tensor | Tensor[] {
  if (loss.rank !== 0) {
    throw new InterplayError('shape/mismatch', `grad: the loss must be a scalar, got ${spellShape(loss.shape)}`, {
      try: 'loss.mean()',
    })
  }
  const list = wrt instanceof Tensor ? [wrt] : wrt
  const gradients = vjp([loss], list, [constant(1, [], loss.dtype)])
  return wrt instanceof Tensor ? gradients[0]! : gradients
}

/**
 * Jacobian-vector product: how `outputs` move when `wrt` moves along `tangents`. Two reverse passes (the product is the
 * derivative of a vjp with respect to its cotangent), so every operator with a differentiable rule has it.
 */
export function jvp(outputs: readonly Tensor[], wrt: readonly Tensor[], tangents: readonly Tensor[]): Tensor[] {
  const cotangents = outputs.map(output => output.zerosLike().named('cotangent'))
  const pulled = vjp(outputs, wrt, cotangents)
  return vjp(pulled, cotangents, tangents)
}

/** Hessian-vector product of a scalar `loss`: d/dx (grad . vector), one forward and two reverse passes. */
export function hvp(loss: Tensor, wrt: readonly Tensor[], vectors: readonly Tensor[]): Tensor[] {
  const gradients = grad(loss, wrt)
  return vjp(
    gradients,
    wrt,
    gradients.map((gradient, i) => alike('hvp: a vector', vectors[i]!, gradient)),
  )
}

/** `x`, of the shape and type of another tensor. */
function alike(what: string, x: Tensor, other: Tensor): Tensor {
  if (sameShape(x.shape, other.shape) && x.dtype === other.dtype) return x
  const spelled = [x, other].map(({ dtype, shape }) => `${dtype}${spellShape(shape)}`)
  throw new InterplayError('shape/mismatch', `${what} is ${spelled[0]}, not ${spelled[1]}`)
}
