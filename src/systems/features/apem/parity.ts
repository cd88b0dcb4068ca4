import { namedTensors, type Tensor } from '../../../engine/index.ts'
import {
  batchOf,
  binaryCrossEntropy,
  SetAttention,
  type Mode,
  type TableModel,
  type TableSpec,
} from '../../../nn/index.ts'
import { categoricalSpec, goldenCases, moduleParity, type GoldenCase, type ModuleParity } from '../../../study/index.ts'
import { InformationTransfer, LayeredExtraction, MixtureOfExperts, type MultiTaskOptions } from './baselines.ts'
import { Apem } from './model.ts'
import { options } from './options.ts'

interface Configuration extends MultiTaskOptions {
  model: 'apem' | 'mmoe' | 'ple' | 'aitm' | 'set-attention'
  sizes: number[]
  steps: number
  heads: number
}

/** One golden case: a module of the set transformer, a baseline, or the whole model. */
export async function parityOf(golden: GoldenCase): Promise<ModuleParity> {
  const configuration = golden.configuration as unknown as Configuration
  if (configuration.model === 'set-attention') {
    const { dims } = golden.tensors['input/a']!
    const block = new SetAttention(dims[2]!)
    return moduleParity(block, golden, ({ a, b }) => ({
      outputs: { y: block.forward(a!, b!, { heads: configuration.heads }) },
    }))
  }
  const spec = specOf(configuration)
  const model = modelOf(configuration, golden.configuration, spec)
  const captured = Object.keys(golden.tensors).flatMap(key =>
    key.startsWith('output/patterns.') ? [key.slice('output/'.length)] : [],
  )
  return moduleParity(model, golden, (inputs: Record<string, Tensor>, mode: Mode) => {
    const logits = model.forward(batchOf(spec, inputs), mode)
    const losses = spec.targets.map((_, t) => binaryCrossEntropy(column(logits, t), column(inputs.labels!, t)))
    return {
      outputs: { logits, ...namedTensors(logits, Object.fromEntries(captured.map(name => [name, name]))) },
      loss: losses.reduce((sum, loss) => sum.add(loss)),
    }
  })
}

const column = (x: Tensor, t: number): Tensor => x.slice(1, t, t + 1).squeeze(1)

function modelOf(configuration: Configuration, given: object, spec: TableSpec): TableModel {
  if (configuration.model === 'mmoe') return new MixtureOfExperts(spec, configuration)
  if (configuration.model === 'aitm') return new InformationTransfer(spec, configuration)
  if (configuration.model === 'ple') return new LayeredExtraction(spec, configuration)
  return new Apem(spec, options.parse(given))
}

const specOf = ({ sizes, steps }: Configuration): TableSpec => ({
  ...categoricalSpec(sizes),
  targets: Array.from({ length: steps }, (_, t) => ({ name: `step${t}`, kind: 'binary', classes: ['0', '1'] })),
})

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<ModuleParity[] | undefined> {
  const cases = await goldenCases('apem')
  return cases && Promise.all(cases.map(parityOf))
}
