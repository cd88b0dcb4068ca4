import { categoricalSpec, goldenCases, tableParity, type GoldenCase, type Parity } from '../../../study/index.ts'
import { autoint } from './index.ts'

interface Configuration {
  variant: 'fuxictr' | 'original'
  fieldSizes: number[]
  embeddingDimension: number
  layers: number
  attentionDimension: number
  heads: number
  residual: boolean
  scale: boolean | 'head' | 'full'
  layerNorm: boolean
  wide: boolean
  deep?: number[]
  batchNorm?: boolean
}

/** AutoInt against one golden case. */
export function parityOf(golden: GoldenCase): Promise<Parity> {
  const configuration = golden.configuration as unknown as Configuration
  const { fieldSizes, attentionDimension, scale, deep = [], ...rest } = configuration
  const spec = categoricalSpec(fieldSizes)
  const options = autoint.options.parse({
    variant: rest.variant,
    embeddingDimension: rest.embeddingDimension,
    layers: rest.layers,
    attentionWidth: attentionDimension,
    heads: rest.heads,
    residual: rest.residual,
    scale: scale === true ? 'head' : scale === false ? 'none' : scale,
    layerNorm: rest.layerNorm,
    wide: rest.wide,
    hidden: deep,
    batchNorm: rest.batchNorm ?? false,
  })
  const capture = Object.fromEntries(
    Array.from({ length: rest.layers }, (_, l) => [`attention.${l}`, `attention.${l}`]),
  )
  return tableParity(autoint.create!(options, spec), spec, golden, { capture })
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<(Parity & { golden: GoldenCase })[] | undefined> {
  const cases = await goldenCases('autoint')
  return cases && Promise.all(cases.map(async golden => ({ golden, ...(await parityOf(golden)) })))
}
