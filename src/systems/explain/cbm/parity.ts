import { layersOf, relevance } from '../../../lenses/index.ts'
import { goldenCases, moduleParity, type GoldenCase, type ModuleParity } from '../../../study/index.ts'
import { compositeRule } from './evidence.ts'
import { ConceptBottleneck, type ConceptNetworkOptions } from './model.ts'

interface Configuration extends ConceptNetworkOptions {
  side: number
  concepts: number
  classes: number
}

/** Concepts, classes, relevance of the concept that is wanted, and gradients, against one golden case. */
export function parityOf(golden: GoldenCase): Promise<ModuleParity> {
  const { side, concepts, classes, ...options } = golden.configuration as unknown as Configuration
  const model = new ConceptBottleneck({ channels: 3, height: side, width: side, concepts, classes }, options, 'sigmoid')
  return moduleParity(model, golden, ({ images, wanted }, mode) => {
    const answers = model.forward(images!, mode)
    const start = () => wanted!
    const network = model.concepts
    const shared = relevance(layersOf(network.parts()), images!, { start, ruleOf: compositeRule(network) })
    return { outputs: { ...answers, relevance: shared }, loss: answers.classes.mul(answers.classes).sum() }
  })
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<ModuleParity[] | undefined> {
  const cases = await goldenCases('cbm')
  return cases && Promise.all(cases.map(parityOf))
}
