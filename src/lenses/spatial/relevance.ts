import { vjp, type Tensor } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import { BatchNorm, Convolution, ConvolutionBlock, Linear, type Module } from '../../nn/index.ts'

/** A part of a network whose parts follow one another; a map from a tensor to a tensor is a step without weights. */
export type ChainPart = Module | ((x: Tensor) => Tensor) | readonly [Convolution | Linear, BatchNorm]

/** How the relevance of a layer's outputs is shared among its inputs. */
export type RelevanceRule = 'alpha1beta0' | 'epsilon' | 'gradient'

interface Weighted {
  apply(x: Tensor, weight: Tensor, bias?: Tensor): Tensor
  weight: Tensor
  bias?: Tensor
}
type Layer = Weighted | ((x: Tensor) => Tensor)

/**
 * Layers of a chain, in the order they run in after training: batch norms are folded into the layers before them.
 * @throws InterplayError `lens/needs` for a module that no rule is known for
 */
export function layersOf(parts: readonly ChainPart[]): Layer[] {
  return parts.flatMap((part, i): Layer[] => {
    if (typeof part === 'function') return [part]
    if (part instanceof ConvolutionBlock) return [weighted(part.convolution, part.norm), x => x.relu()]
    if (Array.isArray(part)) return [weighted(...(part as [Convolution | Linear, BatchNorm]))]
    if (part instanceof Convolution || part instanceof Linear) return [weighted(part)]
    throw new InterplayError('lens/needs', `relevance knows no rule for part ${i}, a ${part.constructor.name}`, {
      why: 'it flows back through convolutions and linear layers, with batch norm or without, and through steps without weights',
      try: 'integrated gradients, which need gradients only',
    })
  })
}

function weighted(layer: Convolution | Linear, norm?: BatchNorm): Weighted {
  const apply = (x: Tensor, weight: Tensor, bias?: Tensor) =>
    layer instanceof Convolution ? x.conv(weight, bias, layer.options) : x.linear(weight, bias)
  return { apply, ...(norm ? norm.folded(layer) : { weight: layer.weight, bias: layer.bias }) }
}

const run = (layer: Layer, x: Tensor): Tensor =>
  typeof layer === 'function' ? layer(x) : layer.apply(x, layer.weight, layer.bias)

/** What the layers give. */
export const forwardThrough = (layers: readonly Layer[], x: Tensor): Tensor =>
  layers.reduce((value, layer) => run(layer, value), x)

/**
 * Layer-wise relevance propagation (Bach et al. 2015): the relevance `start(output)` of the outputs is handed back, layer by
 * layer, to the elements of `x`. Steps without weights (ReLU, pooling, reshaping) pass it on as they pass a gradient;
 * `ruleOf` names the rule of a layer with weights by its place among all layers.
 */
export function relevance(
  layers: readonly Layer[],
  x: Tensor,
  {
    start,
    ruleOf,
    epsilon = 0.1,
  }: { start: (output: Tensor) => Tensor; ruleOf: (layer: number) => RelevanceRule; epsilon?: number },
): Tensor {
  const values = [x]
  for (const layer of layers) values.push(run(layer, values.at(-1)!))
  return layers.reduceRight(
    (received, layer, i) => {
      const input = values[i]!
      if (typeof layer === 'function' || ruleOf(i) === 'gradient') return vjp([values[i + 1]!], [input], [received])[0]!
      return ruleOf(i) === 'epsilon'
        ? epsilonRule(layer, input, values[i + 1]!, received, epsilon)
        : alphaRule(layer, input, received)
    },
    start(values.at(-1)!),
  )
}

const pulled = (y: Tensor, x: Tensor, d: Tensor): Tensor => vjp([y], [x], [d])[0]!

/** x * (W^T R / (z + epsilon sign z)), z with its bias. */
function epsilonRule(layer: Weighted, x: Tensor, z: Tensor, received: Tensor, epsilon: number): Tensor {
  const sign = z.greater(0).cast(z.dtype).mul(2).sub(1)
  return pulled(run(layer, x), x, received.div(z.add(sign.mul(epsilon)))).mul(x)
}

/** Only what speaks for an output is counted: x+ W+ and x- W-, without its bias. */
function alphaRule({ apply, weight }: Weighted, x: Tensor, received: Tensor): Tensor {
  const parts = [
    [x.relu(), weight.relu()],
    [x.neg().relu().neg(), weight.neg().relu().neg()],
  ] as const
  const outputs = parts.map(([input, own]) => apply(input, own))
  const total = outputs[0]!.add(outputs[1]!)
  const share = received.div(total.add(total.equal(0).cast(total.dtype).mul(1e-6)))
  const [plus, minus] = parts.map(([input], k) => pulled(outputs[k]!, input, share).mul(input))
  return plus!.add(minus!)
}
