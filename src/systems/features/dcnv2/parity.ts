import { categoricalSpec, tableParity, type GoldenCase, type Parity } from '../../../study/index.ts'
import { dcnv2 } from './index.ts'

/** The benchmark's model against one golden case. */
export function parityOf(golden: GoldenCase): Promise<Parity> {
  const { fieldSizes, ...options } = golden.configuration as { fieldSizes: number[] }
  const spec = categoricalSpec(fieldSizes)
  return tableParity(dcnv2.create!(dcnv2.options.parse(options), spec), spec, golden)
}
