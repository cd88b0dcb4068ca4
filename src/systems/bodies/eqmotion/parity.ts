import { goldenCases, moduleParity, type GoldenCase, type ModuleParity } from '../../../study/index.ts'
import { EqMotion } from './model.ts'
import { futureLoss } from './loss.ts'

interface Configuration {
  agents: number
  space: number
  past: number
  future: number
  layers: number
  hidden: number
  channels: number
  categories: number
  temperature: number
  heads: number
  experts: number
}

/**
 * With twenty heads, gradients of the first three only: the runtime takes half a minute to make a session that goes back
 * through all of them. The trunk's gradients are those of the cases of one head.
 */
const compared = (key: string, heads: number): boolean =>
  key !== 'input/valid' && (heads === 1 || !key.startsWith('gradient/') || /^gradient\/heads\.[012]\./.test(key))

/** EqMotion against one golden case; what it says of padding is left out. */
export async function parityOf(golden: GoldenCase): Promise<ModuleParity> {
  const { agents, space, past, future, experts, ...rest } = golden.configuration as unknown as Configuration
  const model = new EqMotion({ past, future }, { ...rest, forces: experts, reasoning: true })
  const count = golden.tensors['input/locations']!.dims[0]!
  const valid = golden.tensors['input/valid']?.data as Int32Array | undefined
  const there = Float32Array.from({ length: count * agents }, (_, at) =>
    at % agents < (valid?.[Math.floor(at / agents)] ?? agents) ? 1 : 0,
  )
  const tensors = {
    ...Object.fromEntries(Object.entries(golden.tensors).filter(([key]) => compared(key, rest.heads))),
    'input/there': { dtype: 'float32' as const, dims: [count, agents], data: there },
  }
  const everyone = !valid
  const width = rest.heads * future * space
  return moduleParity(
    model,
    { ...golden, tensors },
    (inputs, mode) => {
      const { futures, categories } = model.forward(inputs.locations!, inputs.there!, mode)
      const loss = futureLoss(futures, inputs.future!, inputs.there!)
      const outputs = { prediction: futures, categories }
      return everyone ? { outputs: { ...outputs, loss }, loss } : { outputs }
    },
    (name, at) => {
      if (name === 'prediction') return there[Math.floor(at / width)] === 1
      const pair = Math.floor(at / rest.categories)
      if (name !== 'categories') return true
      return (
        there[Math.floor(pair / agents)] === 1 && there[Math.floor(pair / agents ** 2) * agents + (pair % agents)] === 1
      )
    },
  )
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<ModuleParity[] | undefined> {
  const cases = await goldenCases('eqmotion')
  return cases && Promise.all(cases.map(parityOf))
}
