import { constant, type Tensor } from '../../tensor.ts'
import { align } from './symbols.ts'
import { Unread, type Reader, type Reading } from './reading.ts'

const unary =
  (build: (x: Tensor, node: Reading) => Tensor): Reader =>
  node =>
    build(node.tensor(0), node)

/** x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2. */
const geluByTanh = (x: Tensor): Tensor =>
  x
    .mul(
      x
        .mul(x)
        .mul(x)
        .mul(0.044715)
        .add(x)
        .mul(Math.sqrt(2 / Math.PI))
        .tanh()
        .add(1),
    )
    .mul(0.5)

const hardSigmoid = (x: Tensor, alpha: number, beta: number): Tensor => x.mul(alpha).add(beta).clip(0, 1)

const zeroes = (x: Tensor): Tensor => constant(0, [], x.dtype)

export const activation: Record<string, Reader> = {
  Relu: unary(x => x.relu()),
  Tanh: unary(x => x.tanh()),
  Sigmoid: unary(x => x.sigmoid()),
  Softplus: unary(x => x.softplus()),
  Softsign: unary(x => x.div(x.abs().add(1))),
  Mish: unary(x => x.mish()),
  HardSigmoid: unary((x, node) => hardSigmoid(x, node.float('alpha', 0.2), node.float('beta', 0.5))),
  HardSwish: unary(x => x.mul(hardSigmoid(x, 1 / 6, 0.5))),
  LeakyRelu: unary((x, node) => x.leakyRelu(node.float('alpha', 0.01))),
  ThresholdedRelu: unary((x, node) => x.greater(node.float('alpha', 1)).where(x, zeroes(x))),
  Elu: unary((x, node) => x.elu(node.float('alpha', 1))),
  Celu: unary((x, node) => {
    const alpha = node.float('alpha', 1)
    return x.greater(0).where(x, x.minimum(0).div(alpha).exp().sub(1).mul(alpha))
  }),
  Selu: unary((x, node) => x.elu(node.float('alpha', 1.6732632423543772)).mul(node.float('gamma', 1.0507009873554805))),
  PRelu: node => {
    const [x, slope] = [node.tensor(0), node.tensor(1)]
    align(x.shape, slope.shape)
    return x.greater(0).where(x, x.mul(slope))
  },
  Gelu: unary((x, node) => {
    const form = node.string('approximate', 'none')
    if (form === 'none') return x.gelu()
    if (form === 'tanh') return geluByTanh(x)
    throw new Unread(`with the approximation '${form}'`)
  }),
  Softmax: unary((x, node) => x.softmax(node.int('axis', -1))),
  LogSoftmax: unary((x, node) => x.logSoftmax(node.int('axis', -1))),
}
