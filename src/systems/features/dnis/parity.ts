import type { Tensor } from '../../../engine/index.ts'
import { TableModel, type Mode, type TableBatch } from '../../../nn/index.ts'
import { categoricalSpec, goldenCases, tableParity, type GoldenCase, type Parity } from '../../../study/index.ts'
import { SoftSelection } from './model.ts'
import { dnisOptions } from './options.ts'

/** A soft selection as a table model. */
export class Selected extends TableModel {
  constructor(readonly selection: SoftSelection) {
    super()
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    return this.selection.forward(batch, mode)
  }
}

/** The soft selection against one golden case. */
export function parityOf(golden: GoldenCase): Promise<Parity> {
  const { fieldSizes, ...rest } = golden.configuration as { fieldSizes: number[] }
  const spec = categoricalSpec(fieldSizes)
  const blocks = golden.tensors['input/blocks']!.data as Int32Array
  const model = new Selected(new SoftSelection(spec, dnisOptions.parse(rest), blocks))
  return tableParity(model, spec, golden, { rename: path => path.replace(/^selection\./, '') })
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<Parity[] | undefined> {
  const cases = await goldenCases('dnis')
  return cases && Promise.all(cases.map(parityOf))
}
