import { loadSafetensors } from '../engine/safetensors-file.ts'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  compile,
  float32,
  grad,
  namedTensors,
  State,
  type HostTensor,
  type Tensor,
  type TensorType,
} from '../engine/index.ts'
import {
  batchInputs,
  batchOf,
  binaryCrossEntropy,
  fieldsOf,
  Mode,
  stacked,
  type TableModel,
  type TableSpec,
} from '../nn/index.ts'

/** A golden case: what a reference implementation computed from these weights and inputs. */
export interface GoldenCase {
  name: string
  configuration: Record<string, unknown>
  metadata: Record<string, string>
  tensors: Record<string, HostTensor>
}

const fixtures = new URL('../../fixtures/', import.meta.url)

/** The golden cases of a system, undefined where the checkout's fixtures are not at hand. */
export async function goldenCases(system: string): Promise<GoldenCase[] | undefined> {
  const folder = fileURLToPath(new URL(`${system}/`, fixtures))
  if (!existsSync(folder)) return undefined
  const files = readdirSync(folder)
    .filter(file => file.endsWith('.safetensors'))
    .sort()
  return Promise.all(
    files.map(async file => {
      const { tensors, metadata } = await loadSafetensors(`${folder}${file}`)
      const configuration = JSON.parse(metadata.configuration ?? '{}') as Record<string, unknown>
      return { name: file.replace(/\.safetensors$/, ''), configuration, metadata, tensors }
    }),
  )
}

/** Largest distances between a model and a golden case. */
export interface Parity {
  /** |logit difference|. */
  logits: number
  /** Per parameter path, the largest gradient difference relative to the reference gradient's largest element. */
  gradients: Record<string, number>
  /** Per named intermediate or updated buffer, the largest absolute difference. */
  others: Record<string, number>
}

/**
 * Loads a case's weights into a binary table model of categorical and numeric fields and compares logits, gradients of the
 * mean binary cross-entropy, captured intermediates and running statistics. `rename` maps our parameter paths to the file's.
 */
export async function tableParity(
  model: TableModel,
  spec: TableSpec,
  golden: GoldenCase,
  { rename = path => path, capture = {} }: { rename?: (path: string) => string; capture?: Record<string, string> } = {},
): Promise<Parity> {
  const training = golden.metadata.mode === 'train'
  const parameters = [...model.parameters()]
  const differentiable = parameters.filter(([path]) => `gradient/${rename(path)}` in golden.tensors)
  const label = golden.tensors['input/label']
  const mode = training ? Mode.training() : Mode.evaluation()
  const buffers = parameters.filter(([path]) => `output/${rename(path)}` in golden.tensors)
  const captured: Record<string, Tensor> = {}
  const program = compile({
    inputs: { ...batchInputs(spec), ...(label ? { label: float32(['batch', 1]) } : {}) } as Record<string, TensorType>,
    state: new State({ model }, 1),
    threads: 1,
    trace: leaves => {
      const logits = model.forward(batchOf(spec, leaves), mode)
      Object.assign(captured, namedTensors(logits, capture))
      const wrt = differentiable.map(([, parameter]) => parameter)
      const gradients =
        label && wrt.length > 0 ? grad(binaryCrossEntropy(logits.squeeze(1), leaves.label!.squeeze(1)), wrt) : []
      return {
        outputs: {
          logits,
          ...captured,
          ...Object.fromEntries(gradients.map((gradient, i) => [`gradient.${i}`, gradient])),
          ...Object.fromEntries(
            buffers.map(([path, buffer]) => [`buffer.${path}`, mode.updates.get(buffer) ?? buffer]),
          ),
        },
      }
    },
  })
  for (const [path, parameter] of parameters)
    program.state.write(parameter, golden.tensors[`parameter/${rename(path)}`]!.data as Float32Array)
  const numeric = golden.tensors['input/numeric']
  const feeds = {
    categorical: globalIds(spec, golden.tensors['input/ids']!),
    ...(numeric ? { numeric: numeric.data } : {}),
    ...(label ? { label: label.data } : {}),
  }
  const results = (await program.run(feeds)) as Record<string, { data: ArrayLike<number> }>
  await program.close()
  const expected = (key: string) => golden.tensors[key]!.data as Float32Array
  return {
    logits: largestDifference(results.logits!.data, expected('output/logits')),
    gradients: Object.fromEntries(
      differentiable.map(([path], i) => [
        path,
        relativeDifference(results[`gradient.${i}`]!.data, expected(`gradient/${rename(path)}`)),
      ]),
    ),
    others: Object.fromEntries([
      ...Object.keys(captured).map(name => [name, largestDifference(results[name]!.data, expected(`output/${name}`))]),
      ...buffers.map(([path]) => [
        path,
        largestDifference(results[`buffer.${path}`]!.data, expected(`output/${rename(path)}`)),
      ]),
    ]),
  }
}

/** Local ids [rows, fields] with every field's start added. */
function globalIds(spec: TableSpec, ids: HostTensor): Int32Array {
  const { starts } = stacked(fieldsOf(spec, 'categorical'))
  return Int32Array.from(ids.data as Int32Array, (id, i) => id + starts[i % starts.length]!)
}

/** `a` repeats along leading axes where it holds one row for all of them. */
export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let largest = a.length > 0 && b.length % a.length === 0 ? 0 : Infinity
  for (let i = 0; i < b.length; i++) largest = Math.max(largest, Math.abs(a[i % a.length]! - b[i]!))
  return largest
}

/** Differences against the reference's largest element; a reference below 1e-9 is zero up to rounding, compared absolutely. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let scale = 0
  for (let i = 0; i < b.length; i++) scale = Math.max(scale, Math.abs(b[i]!))
  return largestDifference(a, b) / (scale < 1e-9 ? 1 : scale)
}
