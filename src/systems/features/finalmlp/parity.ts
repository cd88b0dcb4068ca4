import { categoricalSpec, goldenCases, tableParity, type GoldenCase, type Parity } from '../../../study/index.ts'
import { finalmlp } from './index.ts'

interface Configuration {
  model: 'FinalMLP' | 'DualMLP'
  fieldSizes: number[]
  embeddingDimension: number
  streams: [number[], number[]]
  batchNorm: boolean
  gating?: boolean
  gateHidden?: number[]
  contexts?: [number[], number[]]
  heads?: number
}

/** The files name a gate's layers directly below the gate. */
const rename = (path: string): string => path.replace(/^(gates\.\d)\.network\./, '$1.')

/** FinalMLP or DualMLP against one golden case. */
export function parityOf(golden: GoldenCase): Promise<Parity> {
  const configuration = golden.configuration as unknown as Configuration
  const { model, fieldSizes, embeddingDimension, streams, batchNorm, contexts = [[], []] } = configuration
  const spec = categoricalSpec(fieldSizes)
  const dual = model === 'DualMLP'
  const options = finalmlp.options.parse({
    embeddingDimension,
    firstHidden: streams[0],
    secondHidden: streams[1],
    batchNorm,
    gating: !dual && (configuration.gating ?? false),
    gateHidden: configuration.gateHidden ?? [],
    firstContext: contexts[0].map(index => `field${index}`),
    secondContext: contexts[1].map(index => `field${index}`),
    fusion: dual ? 'sum' : 'bilinear',
    heads: configuration.heads ?? 1,
  })
  const capture: Record<string, string> =
    'output/g1' in golden.tensors && options.gating ? { 'gate.0': 'g1', 'gate.1': 'g2' } : {}
  return tableParity(finalmlp.create!(options, spec), spec, golden, { rename, capture })
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<(Parity & { golden: GoldenCase })[] | undefined> {
  const cases = await goldenCases('finalmlp')
  return cases && Promise.all(cases.map(async golden => ({ golden, ...(await parityOf(golden)) })))
}
