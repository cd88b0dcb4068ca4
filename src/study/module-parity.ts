import { formatNumber } from '../charts/format.ts'
import { compile, grad, State, type Parameter, type Tensor, type TensorType } from '../engine/index.ts'
import { Mode, type Module } from '../nn/index.ts'
import type { Settlement } from '../system/index.ts'
import { relativeDifference, type GoldenCase } from './parity.ts'

export interface ModuleForward {
  outputs: Record<string, Tensor>
  /** Differentiated; by default the sum of the outputs times their `cotangent/*`. */
  loss?: Tensor
}

/** Largest distances between a module and a golden case, relative to the reference's largest element. */
export interface ModuleParity {
  /** Outputs and updated buffers. */
  outputs: Record<string, number>
  /** Gradients by path, `input/*` for inputs. */
  gradients: Record<string, number>
}

/** Restricts what is compared of an output: true where the reference means something. */
export type Meaningful = (name: string, at: number) => boolean

/**
 * Loads a case's weights into a module, feeds its `input/*`, and compares every `output/*` that `forward` or a buffer has
 * and every `gradient/*`. The first axis of inputs is `batch`.
 */
export async function moduleParity(
  module: Module,
  { tensors, metadata }: GoldenCase,
  forward: (inputs: Record<string, Tensor>, mode: Mode) => ModuleForward,
  meaningful: Meaningful = () => true,
): Promise<ModuleParity> {
  const named = (prefix: string) =>
    Object.keys(tensors).flatMap(key => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []))
  const mode = metadata.mode === 'train' ? Mode.training() : Mode.evaluation()
  const parameters = new Map<string, Parameter>(module.parameters())
  const differentiated = named('gradient/')
  const buffers = named('output/').filter(path => parameters.has(path))
  const cotangents = named('cotangent/')
  const typeOf = (key: string): TensorType => ({
    dtype: tensors[key]!.dtype,
    shape: ['batch', ...tensors[key]!.dims.slice(1)],
  })
  const feeds = [...named('input/').map(name => `input/${name}`), ...cotangents.map(name => `cotangent/${name}`)]
  let names: string[] = []
  await using program = compile({
    inputs: Object.fromEntries(feeds.map(key => [key, typeOf(key)])) as Record<string, TensorType>,
    state: new State({ module }, 1),
    threads: 1,
    trace: leaves => {
      const inputs = Object.fromEntries(named('input/').map(name => [name, leaves[`input/${name}`]!]))
      const { outputs, loss } = forward(inputs, mode)
      const scalar = loss ?? dot(cotangents.map(name => [outputs[name]!, leaves[`cotangent/${name}`]!]))
      const wrt = differentiated.map(path => parameters.get(path) ?? leaves[path]!)
      const updated = Object.fromEntries(
        buffers.map(path => [path, mode.updates.get(parameters.get(path)!) ?? parameters.get(path)!]),
      )
      const compared = { ...outputs, ...updated }
      names = Object.keys(compared)
      const gradients = grad(scalar, wrt).map((gradient, i) => [`gradient/${differentiated[i]!}`, gradient] as const)
      return { outputs: { ...compared, ...Object.fromEntries(gradients) } as Record<string, Tensor> }
    },
  })
  for (const [path, parameter] of parameters)
    program.state.write(parameter, tensors[`parameter/${path}`]!.data as Float32Array)
  const results = await program.run(Object.fromEntries(feeds.map(key => [key, tensors[key]!.data])))
  const compared = (name: string) => {
    const [ours, theirs] = [results[name]!.data, tensors[`output/${name}`]!.data].map(data => data as Float32Array)
    const kept = (values: Float32Array) => values.filter((_, at) => meaningful(name, at))
    return relativeDifference(kept(ours!), kept(theirs!))
  }
  const gradient = (path: string) =>
    relativeDifference(
      results[`gradient/${path}`]!.data as Float32Array,
      tensors[`gradient/${path}`]!.data as Float32Array,
    )
  return {
    outputs: Object.fromEntries(names.map(name => [name, compared(name)])),
    gradients: Object.fromEntries(differentiated.map(path => [path, gradient(path)])),
  }
}

const dot = (pairs: readonly (readonly [Tensor, Tensor])[]): Tensor =>
  pairs.map(([output, cotangent]) => output.mul(cotangent).sum()).reduce((sum, part) => sum.add(part))

/** The largest distances over golden cases, with what parity asks: outputs 1e-5, gradients 1e-4. */
export function moduleParitySettled(cases: readonly ModuleParity[]): Settlement {
  const largest = (values: number[]) => values.reduce((most, value) => Math.max(most, value), 0)
  const outputs = largest(cases.flatMap(each => Object.values(each.outputs)))
  const gradients = largest(cases.flatMap(each => Object.values(each.gradients)))
  return {
    measured: `outputs ${formatNumber(outputs)}, gradients ${formatNumber(gradients)}`,
    holds: cases.length > 0 && outputs <= 1e-5 && gradients <= 1e-4,
    note: `${cases.length} golden cases, relative to the largest element`,
  }
}
