import { InterplayError } from '../../errors/index.ts'
import { sameShape, spellShape } from '../dimension.ts'
import { normalAxis, type Tensor } from '../tensor.ts'
import { scanNode, slot } from './lowering/scan-node.ts'

export interface ScanOptions {
  /** What the body carries from step to step: the states before the first step. */
  initial: readonly Tensor[]
  /** Tensors of which each step sees one slice, the axis removed. */
  inputs: readonly Tensor[]
  /** The axis the inputs are cut along and the outputs stacked along. Default 0. */
  axis?: number
  /** From the last slice to the first; outputs stay at their slices' places. Default false. */
  reverse?: boolean
}

export interface ScanStep {
  /** The states after the step, of the shapes of `initial`. */
  states: readonly Tensor[]
  /** What the step answers. */
  outputs?: readonly Tensor[]
}

export interface ScanResult {
  /** The states after the last step. */
  states: readonly Tensor[]
  /** The steps' outputs, stacked along the axis (along their last new axis where their rank is smaller). */
  outputs: readonly Tensor[]
}

/**
 * A recurrence: `body` is traced once and run for every slice. It may read tensors from outside, which get gradients too;
 * what it computes of those alone is computed once. The gradient is the reversed recurrence of the body's gradient: each
 * step's states are kept for it, whatever else a step needs is computed again.
 */
export function scan(
  body: (states: readonly Tensor[], slices: readonly Tensor[]) => ScanStep,
  { initial, inputs, axis = 0, reverse = false }: ScanOptions,
): ScanResult {
  const [first] = inputs
  if (!first) throw new InterplayError('shape/mismatch', 'Scan: takes at least one input to cut')
  const along = normalAxis('Scan', axis, first.rank)
  const length = first.shape[along]!
  if (inputs.some(each => each.shape[along] !== length)) {
    const shapes = inputs.map(({ shape }) => spellShape(shape)).join(' by ')
    throw new InterplayError('shape/mismatch', `Scan: ${shapes}; they differ along axis ${along}`)
  }
  const states = initial.map(slot)
  const slices = inputs.map(({ dtype, shape }) => slot({ dtype, shape: shape.toSpliced(along, 1) }))
  const { states: next, outputs = [] } = body(states, slices)
  checkStates(initial, next)
  const answers = [...new Set([...outputs, ...next])]
  const results = scanNode({ states, slices, next, answers }, initial, inputs, {
    axes: inputs.map(() => along),
    answerAxes: answers.map(({ rank }) => Math.min(along, rank)),
    length,
    reverse,
  })
  const stacked = results.slice(initial.length)
  return {
    states: results.slice(0, initial.length),
    outputs: outputs.map(output => stacked[answers.indexOf(output)]!),
  }
}

function checkStates(initial: readonly Tensor[], next: readonly Tensor[]): void {
  const agree =
    initial.length === next.length &&
    initial.every((state, i) => state.dtype === next[i]!.dtype && sameShape(state.shape, next[i]!.shape))
  if (agree) return
  const spell = (states: readonly Tensor[]) =>
    states.map(({ dtype, shape }) => `${dtype}${spellShape(shape)}`).join(', ') || 'none'
  throw new InterplayError(
    'shape/mismatch',
    `Scan: the states are ${spell(initial)} before a step and ${spell(next)} after it`,
  )
}
