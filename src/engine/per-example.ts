import { InterplayError } from '../errors/index.ts'
import { spellShape } from './dimension.ts'
import { grad } from './gradient.ts'
import { apply, Node, type Operator, type Tensor } from './tensor.ts'

const exampleOperator: Operator = { name: 'Example', leaf: true }

const scanOperator: Operator = {
  name: 'Scan',
  notDifferentiable: 'its body is already a gradient, of one example at a time',
}

/**
 * The gradient of each example's own loss: [batch, ...shape] for each of `wrt`. `loss` is traced once, on one example (the
 * inputs without their first axis), and answers its scalar loss; the graph then goes through the examples one by one.
 */
export function perExampleGradients(
  loss: (...example: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  wrt: readonly Tensor[],
): readonly Tensor[] {
  const batch = inputs[0]?.shape[0]
  if (batch === undefined || inputs.some(each => each.shape[0] !== batch)) {
    throw new InterplayError(
      'shape/mismatch',
      `perExampleGradients: ${inputs.map(each => spellShape(each.shape)).join(', ')} share no first axis`,
    )
  }
  const examples = inputs.map(({ dtype, shape }) => apply(exampleOperator, [], {}, { dtype, shape: shape.slice(1) }))
  const gradients = grad(loss(...examples), wrt)
  const attributes = {
    body: { type: 'graph', value: { inputs: examples, outputs: gradients } },
    num_scan_inputs: { type: 'int', value: inputs.length },
  } as const
  const types = wrt.map(({ dtype, shape }) => ({ dtype, shape: [batch, ...shape] }))
  return new Node(scanOperator, inputs, attributes, types).outputs
}
