import { constant, namedTensors, type Tensor } from '../../../engine/index.ts'
import { batchOf, binaryCrossEntropy, type Mode } from '../../../nn/index.ts'
import { goldenCases, moduleParity, type GoldenCase, type ModuleParity } from '../../../study/index.ts'
import { specOf, type Coding } from './encoding.ts'
import { AdaptiveFusion } from './model.ts'
import { options } from './options.ts'
import { contrastLoss } from './train.ts'

const values = (count: number) => Array.from({ length: count }, (_, i) => `${i}`)

/** Users and items of the golden cases: a few values of each attribute, one list. */
const codingOf = (useContext: boolean): Coding => ({
  user: {
    ids: values(4),
    attributes: [
      { name: 'gender', values: values(2) },
      { name: 'age', values: values(3) },
    ],
  },
  item: {
    ids: values(5),
    attributes: [
      { name: 'decade', values: values(3) },
      { name: 'genres', values: values(4), length: 3 },
    ],
  },
  history: 2,
  useContext,
})

/** Scores, weights, losses and gradients against one golden case. */
export async function parityOf(golden: GoldenCase): Promise<ModuleParity> {
  const chosen = options.parse(golden.configuration)
  const { spec, groups } = specOf(codingOf(chosen.useContext), 0)
  const model = new AdaptiveFusion(spec, groups, chosen)
  const captured = Object.keys(golden.tensors).flatMap(key =>
    /^output\/(weights\..*|gate)$/.test(key) ? [key.slice('output/'.length)] : [],
  )
  /** As many choices as rows: their number is known, so that pairs of them have a shape. */
  const choices = golden.tensors['input/labels']!.dims[0]!
  const rows = constant(
    Int32Array.from({ length: choices }, (_, i) => i),
    [choices],
    'int32',
  )
  return moduleParity(model, golden, (inputs: Record<string, Tensor>, mode: Mode) => {
    const logits = model.forward(batchOf(spec, inputs), mode)
    const lesson = Object.entries(inputs).map(([name, tensor]) => [name, tensor.gather(rows)] as const)
    const contrast = contrastLoss(model, spec, Object.fromEntries(lesson), chosen)
    const loss = binaryCrossEntropy(logits.squeeze(1), inputs.labels!).add(contrast)
    const losses = namedTensors(contrast, { 'contrast.views': 'views', 'contrast.choices': 'choices' })
    return {
      outputs: {
        logits: logits.squeeze(1),
        'contrast.views': losses.views!,
        'contrast.choices': losses.choices!,
        ...namedTensors(logits, Object.fromEntries(captured.map(name => [name, name]))),
      },
      loss,
    }
  })
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<ModuleParity[] | undefined> {
  const cases = await goldenCases('cold-start')
  return cases && Promise.all(cases.map(parityOf))
}
