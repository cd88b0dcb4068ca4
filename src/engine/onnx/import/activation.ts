import { constant, type Tensor } from '../../tensor.ts'
import { align } from './symbols.ts'
import { Unread, type Reader, type Reading } from './reading.ts'

const unary =
  (build: (x: Tensor, node: Reading) => Tensor): Reader =>
  node =>
    build(node.tensor(0), node)

const hardSigmoid = (x: Tensor, alpha: number, beta: number): Tensor => x.mul(alpha).add(beta).clip(0, 1)

const zeroes = (x: Tensor): Tensor => constant(0, [], x.dtype)

export const activation: Record<string, Reader> = {
  Relu: unary(x => x.relu()),
  Tanh: unary(x => x.tanh()),
  Sigmoid: unary(x => x.sigmoid()),
  Softplus: unary(x => x.softplus()),
  Softsign: unary(x => x.softsign()),
  Mish: unary(x => x.mish()),
  HardSigmoid: unary((x, node) => hardSigmoid(x, node.float('alpha', 0.2), node.float('beta', 0.5))),
  HardSwish: unary(x => x.hardSwish()),
  LeakyRelu: unary((x, node) => x.leakyRelu(node.float('alpha', 0.01))),
  ThresholdedRelu: unary((x, node) => x.greater(node.float('alpha', 1)).where(x, zeroes(x))),
  Elu: unary((x, node) => x.elu(node.float('alpha', 1))),
  Celu: unary((x, node) => x.celu(node.float('alpha', 1))),
  Selu: unary((x, node) => x.elu(node.float('alpha', 1.6732632423543772)).mul(node.float('gamma', 1.0507009873554805))),
  PRelu: node => {
    const [x, slope] = [node.tensor(0), node.tensor(1)]
    align(x.shape, slope.shape)
    return x.greater(0).where(x, x.mul(slope))
  },
  Gelu: unary((x, node) => {
    const form = node.string('approximate', 'none')
    if (form === 'none') return x.gelu()
    if (form === 'tanh') return x.geluTanh()
    throw new Unread(`with the approximation '${form}'`)
  }),
  Softmax: unary((x, node) => x.softmax(node.int('axis', -1))),
  LogSoftmax: unary((x, node) => x.logSoftmax(node.int('axis', -1))),
}
