import { compile, float32, grad, State, type Parameter, type Tensor } from '../../../engine/index.ts'
import { Mode } from '../../../nn/index.ts'
import {
  goldenCases,
  largestDifference,
  relativeDifference,
  tableParity,
  type GoldenCase,
  type Parity,
} from '../../../study/parity.ts'
import { categoricalSpec } from '../../../study/index.ts'
import { FeatureGenerator } from './generator.ts'
import { fgcnn } from './index.ts'

interface Configuration {
  fieldSizes: number[]
  embeddingDimension: number
  channels: number[]
  heights: number[]
  pooling: number
  recombined: number
  convolutionBatchNorm: boolean
  deep?: number[]
  deepBatchNorm?: boolean
  shareEmbedding?: boolean
  part?: 'generator'
}

/** FGCNN, or its generator alone, against one golden case. */
export function parityOf(golden: GoldenCase): Promise<Parity> {
  const {
    fieldSizes,
    deep = [],
    deepBatchNorm = false,
    part,
    ...rest
  } = golden.configuration as unknown as Configuration
  const spec = categoricalSpec(fieldSizes)
  const options = fgcnn.options.parse({ ...rest, hidden: deep, batchNorm: deepBatchNorm })
  if (part === undefined)
    return tableParity(fgcnn.create!(options, spec), spec, golden, { capture: { generated: 'generated' } })
  const generator = new FeatureGenerator(spec, options.embeddingDimension, { ...options, shareEmbedding: true })
  return generatorParity(generator, golden, fieldSizes.length, options.embeddingDimension)
}

async function generatorParity(
  generator: FeatureGenerator,
  golden: GoldenCase,
  fields: number,
  dimension: number,
): Promise<Parity> {
  const mode = golden.metadata.mode === 'train' ? Mode.training() : Mode.evaluation()
  const named = [...generator.parameters()].map(([path, parameter]) => [`generator.${path}`, parameter] as const)
  const trained = named.filter(([path]) => `gradient/${path}` in golden.tensors)
  const buffers = named.filter(([path]) => `output/${path}` in golden.tensors)
  const data = (key: string) => golden.tensors[key]!.data as Float32Array
  const program = compile({
    inputs: {
      embeddings: float32(['batch', fields, dimension]),
      cotangent: float32(['batch', ...golden.tensors['cotangent/generated']!.dims.slice(1)]),
    },
    state: new State({ generator }, 1),
    threads: 1,
    trace: ({ embeddings, cotangent }: { embeddings: Tensor; cotangent: Tensor }) => {
      const generated = generator.generate(embeddings, mode)
      const wrt = [embeddings, ...trained.map(([, parameter]) => parameter)]
      const gradients = grad(generated.mul(cotangent).sum(), wrt)
      const updated = (buffer: Parameter) => mode.updates.get(buffer) ?? buffer
      return {
        outputs: {
          generated,
          ...Object.fromEntries(gradients.map((gradient, i) => [`gradient.${i}`, gradient])),
          ...Object.fromEntries(buffers.map(([path, buffer]) => [path, updated(buffer)])),
        },
      }
    },
  })
  for (const [path, parameter] of named) program.state.write(parameter, data(`parameter/${path}`))
  const results = (await program.run({
    embeddings: data('input/embeddings'),
    cotangent: data('cotangent/generated'),
  })) as Record<string, { data: ArrayLike<number> }>
  await program.close()
  const keys = ['input/embeddings', ...trained.map(([path]) => path)]
  return {
    logits: largestDifference(results.generated!.data, data('output/generated')),
    gradients: Object.fromEntries(
      keys.map((key, i) => [key, relativeDifference(results[`gradient.${i}`]!.data, data(`gradient/${key}`))]),
    ),
    others: Object.fromEntries(
      buffers.map(([path]) => [path, largestDifference(results[path]!.data, data(`output/${path}`))]),
    ),
  }
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<Parity[] | undefined> {
  const cases = await goldenCases('fgcnn')
  return cases && Promise.all(cases.map(parityOf))
}
