import { constant, type Tensor } from '../../../engine/index.ts'
import { TableModel, type Mode, type TableBatch, type TableSpec } from '../../../nn/index.ts'
import { categoricalSpec, goldenCases, tableParity, type GoldenCase, type Parity } from '../../../study/index.ts'
import { allPairs } from '../shared/crosses/index.ts'
import { Logistic } from '../logistic/model.ts'
import { placesOf, type Methods } from './methods.ts'
import { MethodNet, methodLayout, SearchNet, searchLayout, trainingStart, type NetOptions } from './net.ts'
import { InnerProductNet, ProductNetworks } from './rivals.ts'

interface Configuration extends NetOptions {
  fieldSizes: number[]
  numeric: number
  crossSizes: number[]
  /** Of the search net. */
  temperature?: number
  /** Of the net trained again. */
  methods?: Methods
  /** A net that theirs is compared with, and PIN's widths. */
  model?: 'poly2' | 'ipnn' | 'pin'
  subnet?: number[]
}

/** The search net as a table model, at one temperature. */
export class AtTemperature extends TableModel {
  constructor(
    readonly search: SearchNet,
    private readonly temperature: number,
  ) {
    super()
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    return this.search.forward(batch, mode, constant(this.temperature))
  }
}

/** Categorical fields of these sizes, numeric ones, and a categorical field a memorised pair. */
export function crossedSpec(sizes: readonly number[], numeric: number, crossSizes: readonly number[]): TableSpec {
  const numbers = Array.from({ length: numeric }, (_, i) => ({ name: `number${i}`, type: 'numeric' as const, size: 0 }))
  const all = categoricalSpec([...sizes, ...crossSizes])
  return { ...all, fields: [...all.fields.slice(0, sizes.length), ...numbers, ...all.fields.slice(sizes.length)] }
}

/** Either net, or one of those they are compared with, against one golden case. */
export function parityOf(golden: GoldenCase): Promise<Parity> {
  const configuration = golden.configuration as unknown as Configuration
  const { fieldSizes, numeric, crossSizes, temperature, methods, model } = configuration
  const pairs = allPairs(fieldSizes.length)
  const base = crossedSpec(fieldSizes, numeric, [])
  if (model === 'poly2') {
    const spec = crossedSpec(fieldSizes, numeric, crossSizes)
    return tableParity(new Logistic(spec), spec, golden)
  }
  if (model === 'ipnn') return tableParity(new InnerProductNet(base, configuration), base, golden)
  if (model === 'pin') return tableParity(new ProductNetworks(base, configuration), base, golden)
  if (methods === undefined) {
    const net = new SearchNet(searchLayout(base, pairs, crossSizes), configuration, false)
    const spec = crossedSpec(fieldSizes, numeric, crossSizes)
    const rename = (path: string) => path.replace(/^search\./, '')
    return tableParity(new AtTemperature(net, temperature!), spec, golden, { rename })
  }
  const layout = methodLayout(base, pairs, crossSizes, methods)
  const start = trainingStart(base, pairs.length, configuration, 'corrected')
  const own = placesOf(methods, 'memorise').map(place => crossSizes[place]!)
  return tableParity(new MethodNet(layout, configuration, start), crossedSpec(fieldSizes, numeric, own), golden)
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<Parity[] | undefined> {
  const cases = await goldenCases('optinter')
  return cases && Promise.all(cases.map(parityOf))
}
