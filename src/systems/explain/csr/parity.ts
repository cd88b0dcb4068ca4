import { Parameter, type Tensor } from '../../../engine/index.ts'
import { Module, unit, type Mode } from '../../../nn/index.ts'
import {
  goldenCases,
  moduleParity,
  type GoldenCase,
  type ModuleForward,
  type ModuleParity,
} from '../../../study/index.ts'
import { localVectors, PrototypeNetwork, prototypeLoss, type PrototypeLossOptions } from './model.ts'

interface Configuration extends PrototypeLossOptions {
  side: number
  stages: number[][]
  width: number
  norm: 'layer' | 'batch'
  owners: number[]
  concepts: number
  classes: number
}

/** The parts that a public re-implementation shares with the paper: given features, maps and projected places. */
class Parts extends Module {
  readonly prototypes: Parameter

  constructor(
    private readonly owners: readonly number[],
    width: number,
  ) {
    super()
    this.prototypes = new Parameter([owners.length, width], () => {})
  }

  forward(
    { features, maps, places, vectors, concepts }: Record<string, Tensor>,
    options: PrototypeLossOptions,
  ): ModuleForward {
    const prototypes = unit(this.prototypes)
    const similarities = unit(places!)
      .matmul(prototypes.transpose([1, 0]))
      .transpose([0, 3, 1, 2])
    const loss = prototypeLoss(unit(vectors!), concepts!, prototypes, this.owners, options)
    return {
      outputs: { vectors: localVectors(features!, maps!), scores: similarities.max([2, 3]), loss: loss.unsqueeze([0]) },
      loss,
    }
  }
}

/** Against one golden case: the whole network in PyTorch, or parts of the re-implementation. */
export function parityOf(golden: GoldenCase): Promise<ModuleParity> {
  const configuration = golden.configuration as unknown as Configuration
  const { side, owners, concepts, classes, width } = configuration
  if (golden.name === 'parts') {
    const parts = new Parts(owners, width)
    return moduleParity(parts, golden, inputs => parts.forward(inputs, configuration))
  }
  const size = { channels: 1, height: side, width: side, concepts, classes }
  const model = new PrototypeNetwork(size, owners, configuration)
  return moduleParity(model, golden, ({ images, concepts: labels }, mode) =>
    forward(model, images!, labels!, mode, configuration),
  )
}

function forward(
  model: PrototypeNetwork,
  images: Tensor,
  labels: Tensor,
  mode: Mode,
  options: PrototypeLossOptions,
): ModuleForward {
  const { features, maps: activation } = model.activation.forward(images, mode)
  const vectors = localVectors(features, activation)
  const projected = model.projector.forwardVectors(vectors.slice(1, 0, 1).squeeze(1), mode)
  const loss = prototypeLoss(projected, labels, unit(model.prototypes), model.owners, options)
  const { concepts, maps, scores, logits } = model.forward(images, mode)
  return {
    outputs: { concepts, vectors, maps, scores, logits, loss: loss.unsqueeze([0]) },
    loss: loss.add(logits.square().sum()),
  }
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<ModuleParity[] | undefined> {
  const cases = await goldenCases('csr')
  return cases && Promise.all(cases.map(parityOf))
}
