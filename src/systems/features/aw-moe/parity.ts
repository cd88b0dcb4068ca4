import { concat, namedTensors, type Tensor } from '../../../engine/index.ts'
import { binaryCrossEntropy, stacked, TargetAttention, type TableBatch, type TableSpec } from '../../../nn/index.ts'
import { moduleParity, goldenCases, type GoldenCase, type ModuleParity } from '../../../study/index.ts'
import { awMoe } from './index.ts'
import { AwMoe } from './model.ts'

interface Configuration {
  search: boolean
  sizes: Record<string, number>
  length: number
  contrast: number
  [option: string]: unknown
}

const captured = ['gate', 'gateContributions', 'targetAttention', 'expertLogits']

/** The model against one case of the reference: outputs, both losses, and the gradients of their weighed sum. */
export function parityOf(golden: GoldenCase): Promise<ModuleParity> {
  if (golden.name === 'din-attention') return attentionParity(golden)
  const { search, sizes, length, ...options } = golden.configuration as Configuration
  const spec = specOf(sizes, length)
  const { starts } = stacked(spec.fields.filter(({ type }) => type === 'categorical'))
  const model = new AwMoe(spec, awMoe.options.parse({ ...options, query: search ? ['q0', 'q1'] : [] }))
  return moduleParity(model, golden, (inputs, mode) => {
    const batch: TableBatch = {
      categorical: globalIds(inputs.ids!, starts),
      sequences: { history: inputs.history!, categories: inputs.categories! },
    }
    const read = model.read(batch)
    const gate = model.gate!.forward(read, mode)
    const logits = model.mix(gate, read, mode)
    const crossEntropy = binaryCrossEntropy(logits.squeeze(1), inputs.label!).reshape([1])
    const contrast = model.contrast(gate, read, inputs.kept!, mode).reshape([1])
    const named = namedTensors(logits, Object.fromEntries(captured.map(name => [name, name])))
    const loss = crossEntropy.add(contrast.mul(options.contrast)).sum()
    return { outputs: { logits, crossEntropy, contrast, ...named }, loss }
  })
}

/** The attention over behaviours against FuxiCTR's layer. */
function attentionParity(golden: GoldenCase): Promise<ModuleParity> {
  const attention = new TargetAttention(6, { hidden: [5, 4] })
  return moduleParity(attention, golden, ({ behaviours, target, mask }) => ({
    outputs: { pooled: attention.forward(behaviours!, target!, mask!) },
  }))
}

const globalIds = (ids: Tensor, starts: readonly number[]): Tensor =>
  concat(
    starts.map((start, f) => ids.slice(1, f, f + 1).add(start)),
    1,
  )

/** Two ids an item, of which a history is made too; two query fields and a context field. */
function specOf(sizes: Record<string, number>, length: number): TableSpec {
  const sequence = (name: string, vocabulary: string) => ({
    name,
    type: 'sequence' as const,
    size: sizes[vocabulary]!,
    length,
    vocabulary,
  })
  return {
    fields: [
      ...Object.entries(sizes).map(([name, size]) => ({ name, type: 'categorical' as const, size })),
      sequence('history', 'item'),
      sequence('categories', 'category'),
    ],
    targets: [{ name: 'label', kind: 'binary', classes: ['0', '1'] }],
    rows: 0,
  }
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<ModuleParity[] | undefined> {
  const cases = await goldenCases('aw-moe')
  return cases && Promise.all(cases.map(parityOf))
}
