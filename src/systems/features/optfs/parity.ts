import { constant, type Tensor } from '../../../engine/index.ts'
import { TableModel, type Mode, type TableBatch } from '../../../nn/index.ts'
import { categoricalSpec, goldenCases, tableParity, type GoldenCase, type Parity } from '../../../study/index.ts'
import { GatedModel, type GatedOptions } from './gated.ts'

interface Configuration extends Omit<GatedOptions, 'activation' | 'dropout'> {
  fieldSizes: number[]
  temperature: number | 'hard'
}

/** A gated model as a table model, its gates at one temperature or hard. */
export class AtTemperature extends TableModel {
  constructor(
    readonly gated: GatedModel,
    private readonly temperature: number | 'hard',
  ) {
    super()
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    return this.gated.forward(batch, mode, this.temperature === 'hard' ? 'hard' : constant(this.temperature))
  }
}

/** The gated model against one golden case. */
export function parityOf(golden: GoldenCase): Promise<Parity> {
  const { fieldSizes, temperature, ...rest } = golden.configuration as unknown as Configuration
  const spec = categoricalSpec(fieldSizes)
  const model = new GatedModel(spec, { ...rest, activation: 'relu', dropout: 0 })
  const rename = (path: string) => path.replace(/^gated\./, '')
  return tableParity(new AtTemperature(model, temperature), spec, golden, { rename })
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<Parity[] | undefined> {
  const cases = await goldenCases('optfs')
  return cases && Promise.all(cases.map(parityOf))
}
