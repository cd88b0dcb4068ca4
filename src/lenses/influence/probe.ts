import type { EncodedTable } from '../../data/index.ts'
import { compile, grad, Parameter, topologicalOrder, type Tensor } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import { batchInputs, batchOf, Mode, trainable, type TargetSpec } from '../../nn/index.ts'
import type { TrainedTable } from '../../system/index.ts'
import { rowFeeds } from '../../train/index.ts'

/**
 * What one linear layer read in some rows, and how the answer moves with what it gave. The gradient of a row's answer by
 * the layer's weights, the bias as a last column, is the outer product of the two.
 */
export interface LayerRows {
  /** Path of the weight. */
  name: string
  /** Widths, the constant 1 of the bias counted in `inputs`. */
  inputs: number
  outputs: number
  /** [rows, inputs] */
  read: Float32Array
  /** [rows, outputs] */
  slopes: Float32Array
}

export interface Probe {
  layers: LayerRows[]
  /** [rows] the answer looked at. */
  answers: Float32Array
  rows: number
}

/** A linear layer found in a trace. */
interface Found {
  name: string
  input: Tensor
  output: Tensor
  bias: boolean
}

/** Rows of one run. */
const chunk = 1024

/**
 * Runs a network and looks at its linear layers: those whose weight is read once, on one vector a row. `untracked` names
 * the parameters that stay outside: embeddings, norms, attention and what is shared.
 */
export class LayerProbe implements AsyncDisposable {
  readonly untracked: readonly string[]
  readonly widths: readonly Pick<LayerRows, 'name' | 'inputs' | 'outputs'>[]
  private readonly program

  /** @throws InterplayError `lens/needs` where no layer can be tracked, or the target has several logits */
  constructor(
    private readonly trained: TrainedTable,
    /** Layers that read or give more are left out: their factors would not be decomposed in time. */
    widest = 1024,
  ) {
    const { model, spec, state } = trained
    const [target] = spec.targets
    if (!target || target.kind === 'multiclass')
      throw new InterplayError('lens/needs', 'influence needs a target of two values or a number', {
        why: `'${target?.name}' has ${target?.kind === 'multiclass' ? target.classes.length : 0} classes`,
      })
    let found: Found[] = []
    this.program = compile({
      inputs: batchInputs(spec),
      state,
      trace: leaves => {
        const answers = model.forward(batchOf(spec, leaves), Mode.evaluation()).slice(1, 0, 1)
        found = linearLayers(answers, parameter => state.nameOf(parameter).replace(/^[^.]*\./, '')).filter(
          ({ input, output }) => Math.max(input.shape[1] as number, output.shape[1] as number) <= widest,
        )
        const slopes = grad(
          answers.sum(),
          found.map(({ output }) => output),
        )
        const outputs: Record<string, Tensor> = { answers }
        found.forEach(({ input }, l) => {
          outputs[`read.${l}`] = input
          outputs[`slopes.${l}`] = slopes[l]!
        })
        return { outputs }
      },
    })
    if (found.length === 0)
      throw new InterplayError('lens/needs', 'this network has no linear layer that reads one vector a row', {
        why: 'influence is computed in the linear layers',
      })
    this.widths = found.map(({ name, input, output, bias }) => ({
      name,
      inputs: (input.shape[1] as number) + Number(bias),
      outputs: output.shape[1] as number,
    }))
    const tracked = new Set(
      found.flatMap(({ name, bias }) => [name, ...(bias ? [name.replace(/weight$/, 'bias')] : [])]),
    )
    const learned = new Set(trainable(model))
    this.untracked = [...model.parameters()].flatMap(([path, parameter]) =>
      learned.has(parameter) && !tracked.has(path) ? [path] : [],
    )
  }

  async of(table: EncodedTable, signal?: AbortSignal): Promise<Probe> {
    const { rows } = table
    const layers = this.widths.map(widths => ({
      ...widths,
      read: new Float32Array(rows * widths.inputs).fill(1),
      slopes: new Float32Array(rows * widths.outputs),
    }))
    const answers = new Float32Array(rows)
    for (let start = 0; start < rows; start += chunk) {
      signal?.throwIfAborted()
      const end = Math.min(rows, start + chunk)
      const results = await this.program.run(rowFeeds(this.trained.spec, table, start, end))
      answers.set(results.answers!.data as Float32Array, start)
      layers.forEach(({ inputs, outputs, read, slopes }, l) => {
        const from = results[`read.${l}`]!
        const width = from.dims[1]!
        for (let r = 0; r < end - start; r++)
          read.set((from.data as Float32Array).subarray(r * width, (r + 1) * width), (start + r) * inputs)
        slopes.set(results[`slopes.${l}`]!.data as Float32Array, start * outputs)
      })
    }
    return { layers, answers, rows }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.program.close()
  }
}

/** The linear layers on the way to `output` that read one vector a row, by a weight that nothing else reads. */
function linearLayers(output: Tensor, nameOf: (parameter: Parameter) => string): Found[] {
  const readers = new Map<Parameter, number>()
  const found: Found[] = []
  const rows = output.shape[0]
  for (const node of topologicalOrder([output])) {
    for (const input of node.inputs) if (input instanceof Parameter) readers.set(input, (readers.get(input) ?? 0) + 1)
    const [input, weight, bias] = node.inputs
    if (node.operator.name !== 'Gemm' || !(weight instanceof Parameter) || !node.attributes.transB?.value) continue
    if (input!.shape[0] !== rows || (bias && !(bias instanceof Parameter))) continue
    found.push({ name: nameOf(weight), input: input!, output: node.outputs[0]!, bias: bias !== undefined })
  }
  const once = (parameter: Parameter) => readers.get(parameter) === 1
  return found.filter(({ output: y }) => {
    const [, weight, bias] = y.node.inputs
    return once(weight as Parameter) && (!bias || once(bias as Parameter))
  })
}

/** Derivative of a row's loss by its answer: log loss of log-odds, squared error of a (standardised) number. */
export function lossSlope(kind: TargetSpec['kind'], answer: number, label: number): number {
  return kind === 'binary' ? 1 / (1 + Math.exp(-answer)) - label : 2 * (answer - label)
}

/** Expected square of that slope over labels drawn from the model itself: binary, or normal with variance 1/2. */
export function fisherWeight(kind: TargetSpec['kind'], answer: number): number {
  if (kind !== 'binary') return 2
  const p = 1 / (1 + Math.exp(-answer))
  return p * (1 - p)
}
