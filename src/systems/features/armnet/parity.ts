import { compile, float32, grad, int32, namedTensors, Parameter, State, type Tensor } from '../../../engine/index.ts'
import {
  binaryCrossEntropy,
  Mode,
  softmaxCrossEntropy,
  type FieldEmbedding,
  type TableSpec,
} from '../../../nn/index.ts'
import {
  goldenCases,
  largestDifference,
  relativeDifference,
  type GoldenCase,
  type Parity,
} from '../../../study/parity.ts'
import { armnet } from './index.ts'
import { ArmNet } from './model.ts'

interface Configuration {
  fields: number
  features: number
  embeddingDimension: number
  heads: number
  oneHead: boolean
  neurons: number
  alpha: number
  mlp: number[]
  deep: number[]
  outputs: number
}

const captured = { gates: 'gates', weights: 'weights', neurons: 'neurons' }

/**
 * ARM-Net against one golden case. Its embedding has global ids and no padding, scaled by clamped values: it is looked up
 * here, and the model starts at the embeddings.
 */
export async function parityOf(golden: GoldenCase): Promise<Parity> {
  const { fields, features, outputs, ...rest } = golden.configuration as unknown as Configuration
  const model = new ArmNet(
    specOf(fields, features, outputs),
    armnet.options.parse({
      embeddingDimension: rest.embeddingDimension,
      heads: rest.oneHead ? 0 : rest.heads,
      neurons: rest.neurons,
      alpha: rest.alpha,
      hidden: rest.mlp,
      deep: rest.deep,
    }),
  )
  const mode = golden.metadata.mode === 'train' ? Mode.training() : Mode.evaluation()
  const parameters = [...model.parameters()]
  const differentiable = parameters.filter(([path]) => `gradient/${path}` in golden.tensors)
  const buffers = parameters.filter(([path]) => `output/${path}` in golden.tensors)
  const program = compile({
    inputs: { ids: int32(['batch', fields]), values: float32(['batch', fields]), label: labelType(outputs) },
    state: new State({ model }, 1),
    threads: 1,
    trace: ({ ids, values, label }: Record<'ids' | 'values' | 'label', Tensor>) => {
      const scale = values.clip(0.001, 1).unsqueeze(2)
      const embed = (embedding: FieldEmbedding) => embedding.weight!.lookup(ids).mul(scale)
      const logits = model.relate(embed(model.embedding), model.deep && embed(model.deep.embedding), mode)
      const loss = outputs === 1 ? binaryCrossEntropy(logits.squeeze(1), label) : softmaxCrossEntropy(logits, label)
      const gradients = grad(
        loss,
        differentiable.map(([, parameter]) => parameter),
      )
      const updated = (buffer: Parameter) => mode.updates.get(buffer) ?? buffer
      return {
        outputs: {
          logits,
          ...namedTensors(logits, captured),
          ...Object.fromEntries(gradients.map((gradient, i) => [`gradient.${i}`, gradient])),
          ...Object.fromEntries(buffers.map(([path, buffer]) => [path, updated(buffer)])),
        },
      }
    },
  })
  const data = (key: string) => golden.tensors[key]!.data as Float32Array
  for (const [path, parameter] of parameters) program.state.write(parameter, data(`parameter/${path}`))
  const results = (await program.run({
    ids: Int32Array.from(data('input/ids')),
    values: data('input/values'),
    label: outputs === 1 ? data('input/label') : Int32Array.from(data('input/label')),
  })) as Record<string, { data: ArrayLike<number> }>
  await program.close()
  const others = [...Object.keys(captured), ...buffers.map(([path]) => path)]
  return {
    logits: largestDifference(results.logits!.data, data('output/logits')),
    gradients: Object.fromEntries(
      differentiable.map(([path], i) => [
        path,
        relativeDifference(results[`gradient.${i}`]!.data, data(`gradient/${path}`)),
      ]),
    ),
    others: Object.fromEntries(
      others.map(name => [name, largestDifference(results[name]!.data, data(`output/${name}`))]),
    ),
  }
}

const labelType = (outputs: number) => (outputs === 1 ? float32(['batch']) : int32(['batch']))

/** Categorical fields whose tables hold `features` rows together. */
function specOf(fields: number, features: number, outputs: number): TableSpec {
  const size = Math.floor(features / fields)
  const classes = Array.from({ length: outputs }, (_, k) => `${k}`)
  return {
    fields: Array.from({ length: fields }, (_, i) => ({
      name: `field${i}`,
      type: 'categorical',
      size: i === 0 ? features - size * (fields - 1) : size,
    })),
    targets: [
      outputs === 1
        ? { name: 'label', kind: 'binary', classes: ['0', '1'] }
        : { name: 'label', kind: 'multiclass', classes },
    ],
    rows: 0,
  }
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<Parity[] | undefined> {
  const cases = await goldenCases('armnet')
  return cases && Promise.all(cases.filter(({ name }) => name !== 'entmax').map(parityOf))
}
