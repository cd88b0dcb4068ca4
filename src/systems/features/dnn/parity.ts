import { categoricalSpec, tableParity, type GoldenCase, type Parity } from '../../../study/index.ts'
import { dnn } from './index.ts'

/** The benchmark's model against one golden case. */
export function parityOf(golden: GoldenCase): Promise<Parity> {
  const { fieldSizes, ...options } = golden.configuration as { fieldSizes: number[] }
  const spec = categoricalSpec(fieldSizes)
  return tableParity(dnn.create!(dnn.options.parse(options), spec), spec, golden)
}
