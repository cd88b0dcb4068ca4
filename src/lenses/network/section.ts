import { concat, jvp, replaced, topologicalOrder, traceNamed, type Tensor } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Network } from '../../system/index.ts'
import { answerOf, type NodeLayer } from './layers.ts'

/**
 * What stands at `to` when `x` stands at `from`: the section between two layers, as a function of the first alone.
 *
 * @throws InterplayError `lens/needs` where `to` does not read `from`, or reads the input past it
 */
export function traceSection(
  network: Network,
  inputs: Readonly<Record<string, Tensor>>,
  from: NodeLayer,
  to: NodeLayer,
  x: Tensor,
): Tensor {
  let start = 0
  const replace = Object.fromEntries(
    from.sites.map((site, i) => {
      const [first, end] = [start, (start += from.widths[i]!)]
      return [site, () => (from.sites.length === 1 ? x : x.slice(-1, first, end))]
    }),
  )
  const { traced, named } = traceNamed(() => network.trace(inputs), { read: to.sites, replace })
  const parts = to.sites.map(site => named[site]!)
  const y = parts.length === 0 ? answerOf(network, traced) : parts.length === 1 ? parts[0]! : concat(parts, -1)
  checkReach(network, from, to, x, y)
  return y
}

function checkReach(network: Network, from: NodeLayer, to: NodeLayer, x: Tensor, y: Tensor): void {
  const reached = topologicalOrder([y], node => (node === x.node || node.operator.name === 'Shape' ? [] : node.inputs))
  if (!reached.includes(x.node)) {
    throw new InterplayError('lens/needs', `'${to.name}' does not read '${from.name}' in '${network.name}'`, {
      why: 'layers are given from input to output, each feeding the next',
      try: `--at ${to.name},${from.name}`,
    })
  }
  const past = reached.find(node => node.operator.name === 'Input' && node !== x.node)
  if (!past) return
  const name = String(past.attributes.name?.value ?? 'the input')
  throw new InterplayError('lens/needs', `'${to.name}' reads '${name}' past '${from.name}' in '${network.name}'`, {
    why: 'a layer is a cut: all that later parts read goes through it',
    try: `--at ${from.name}+OTHER with what goes round it`,
  })
}

const withBias = new Set(['Gemm', 'Conv', 'LayerNormalization'])

/** Learned terms that are added on the way from `x` to `y` and do not depend on `x`: biases. */
export function addedTerms(x: Tensor, y: Tensor): Tensor[] {
  const depends = new Set([x.node])
  const learned = new Set<unknown>()
  const terms = new Set<Tensor>()
  for (const node of topologicalOrder([y], each => (each === x.node ? [] : each.inputs))) {
    if (node.operator.name === 'Parameter') learned.add(node)
    if (node.inputs.some(input => input && learned.has(input.node))) learned.add(node)
    if (!node.inputs.some(input => input && depends.has(input.node))) continue
    depends.add(node)
    const { name } = node.operator
    const added = name === 'Add' || name === 'Sub' ? node.inputs : withBias.has(name) ? node.inputs.slice(2) : []
    for (const term of added) if (term && !depends.has(term.node) && learned.has(term.node)) terms.add(term)
  }
  return [...terms]
}

/**
 * How `y` moves with the constant that multiplies every bias on the way from `x`: the derivative that a folded bias has at 1.
 * Of the shape of `y`; zeros without biases.
 */
export function constantDerivative(x: Tensor, y: Tensor): Tensor {
  const terms = addedTerms(x, y)
  return terms.length === 0 ? y.zerosLike() : jvp([y], terms, terms)[0]!
}

/**
 * What follows from the section from `x` to `y`, its derivatives too, where the constant is `factor` and not 1; of that,
 * `fixed` stays as it is.
 */
export function withConstant(factor: number, x: Tensor, y: Tensor): (of: Tensor, ...fixed: Tensor[]) => Tensor {
  if (factor === 1) return of => of
  const scaled = addedTerms(x, y).map((term): [Tensor, Tensor] => [term, term.mul(factor)])
  return (of, ...fixed) => replaced(of, new Map([...scaled, ...fixed.map((each): [Tensor, Tensor] => [each, each])]))
}
