import type { Tensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { ChainPart } from '../../../lenses/index.ts'
import { fanInLinear, Linear, Module, MultilayerPerceptron, VggFeatures, type Mode } from '../../../nn/index.ts'

export interface ConceptNetworkOptions {
  /** Channels of each block, stage by stage; each stage halves the map. */
  stages: readonly (readonly number[])[]
  /** Places of a side that the last map is averaged to. */
  grid: number
  /** Widths of the layers between map and concepts. */
  hidden: readonly number[]
  dropout: number
}

export interface ConceptNetworkSize {
  channels: number
  height: number
  width: number
  concepts: number
}

/** Images [B, channels, H, W] to a logit a concept [B, C]: VGG features, averaged over a grid, and linear layers. */
export class ConceptNetwork extends Module {
  readonly features: VggFeatures
  readonly hidden: Linear[]
  readonly concepts: Linear
  private readonly pool: readonly [number, number]
  private readonly dropout: number

  constructor(size: ConceptNetworkSize, { stages, grid, hidden, dropout }: ConceptNetworkOptions) {
    super()
    this.features = new VggFeatures({ channels: size.channels, stages })
    this.dropout = dropout
    const [rows, columns] = [size.height, size.width].map(extent => extent / this.features.reduction)
    this.pool = [rows! / grid, columns! / grid]
    if (!this.pool.every(Number.isInteger)) {
      const multiple = this.features.reduction * grid
      throw new InterplayError(
        'option/conflict',
        `images of ${size.height} x ${size.width} do not divide by ${multiple}`,
        {
          where: '--set stages, --set grid',
          why: `${stages.length} stages halve the map, which is then averaged to ${grid} x ${grid}`,
          try: `resize or pad them to a multiple of ${multiple}`,
        },
      )
    }
    const widths = [this.features.width * grid ** 2, ...hidden]
    this.hidden = hidden.map((width, i) => new Linear(widths[i]!, width, fanInLinear(widths[i]!)))
    this.concepts = new Linear(widths.at(-1)!, size.concepts, fanInLinear(widths.at(-1)!))
  }

  forward(images: Tensor, mode: Mode): Tensor {
    const averaged = this.averaged(this.features.forward(images, mode)).flatten()
    const last = this.hidden.reduce((x, layer) => mode.dropout(layer.forward(x).relu(), this.dropout), averaged)
    return this.concepts.forward(last)
  }

  private readonly averaged = (map: Tensor): Tensor =>
    this.pool.every(extent => extent === 1) ? map : map.averagePool(this.pool)

  /** Its parts after training, one behind the other. */
  parts(): ChainPart[] {
    const { stages } = this.features
    return [
      ...stages.flatMap((blocks, stage): ChainPart[] => [
        ...blocks,
        ...(this.features.pools(stage) ? [(x: Tensor) => x.maxPool(2)] : []),
      ]),
      this.averaged,
      x => x.flatten(),
      ...this.hidden.flatMap((layer): ChainPart[] => [layer, x => x.relu()]),
      this.concepts,
    ]
  }
}

/** Width of the one hidden layer from concepts to classes. */
const labelWidth = 128

/** Concepts [B, C] to logits of the classes [B, K], as the authors have it. */
export const labelNetwork = (concepts: number, classes: number): MultilayerPerceptron =>
  new MultilayerPerceptron(concepts, [labelWidth], { outputs: classes, start: fanInLinear })

export type Between = 'sigmoid' | 'logits'

/** What of the concept logits goes on to the classes. */
export const passed = (logits: Tensor, between: Between): Tensor => (between === 'sigmoid' ? logits.sigmoid() : logits)

/** Concept bottleneck (Koh et al. 2020; Furby et al. 2024): x -> c -> y. */
export class ConceptBottleneck extends Module {
  readonly concepts: ConceptNetwork
  readonly labels: MultilayerPerceptron

  constructor(
    size: ConceptNetworkSize & { classes: number },
    options: ConceptNetworkOptions,
    private readonly between: Between,
  ) {
    super()
    this.concepts = new ConceptNetwork(size, options)
    this.labels = labelNetwork(size.concepts, size.classes)
  }

  forward(images: Tensor, mode: Mode): { concepts: Tensor; classes: Tensor } {
    const concepts = this.concepts.forward(images, mode)
    return { concepts, classes: this.labels.forward(passed(concepts, this.between), mode) }
  }
}
