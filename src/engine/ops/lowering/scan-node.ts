import type { Dimension } from '../../dimension.ts'
import { isFloat } from '../../dtype.ts'
import { topologicalOrder, vjp } from '../../gradient.ts'
import { apply, Node, type Operator, type Subgraph, type Tensor, type TensorType } from '../../tensor.ts'
import { concat } from '../shape.ts'

/** A recurrence's body: its inputs, the states it hands on, and what it answers. */
interface Body {
  states: readonly Tensor[]
  slices: readonly Tensor[]
  next: readonly Tensor[]
  answers: readonly Tensor[]
}

interface Course {
  /** Where each input is cut. */
  axes: readonly number[]
  /** Where each answer is stacked. */
  answerAxes: readonly number[]
  length: Dimension
  reverse: boolean
}

const slotOperator: Operator = { name: 'BodyInput', leaf: true }

/** An input of a body. */
export const slot = ({ dtype, shape }: TensorType): Tensor => apply(slotOperator, [], {}, { dtype, shape })

const recurrences = new WeakMap<Node, { body: Body; course: Course }>()

const scanOperator: Operator = {
  name: 'Scan',
  captures: node => {
    const { states, slices } = recurrences.get(node)!.body
    return node.inputs.length - states.length - slices.length
  },
  gradient: scanGradient,
}

/** Final states, then stacked answers. What the body reads from outside follows the recurrence's own inputs. */
export function scanNode(
  body: Body,
  initial: readonly Tensor[],
  inputs: readonly Tensor[],
  course: Course,
): readonly Tensor[] {
  const { axes, answerAxes, length, reverse } = course
  const graph: Subgraph = { inputs: [...body.states, ...body.slices], outputs: [...body.next, ...body.answers] }
  const ints = (value: readonly number[]) => ({ type: 'ints', value }) as const
  const attributes = {
    body: { type: 'graph', value: graph },
    num_scan_inputs: { type: 'int', value: inputs.length },
    scan_input_axes: ints(axes),
    scan_output_axes: ints(answerAxes),
    scan_input_directions: ints(axes.map(() => Number(reverse))),
    scan_output_directions: ints(answerAxes.map(() => Number(reverse))),
  } as const
  const stacked = body.answers.map(({ dtype, shape }, i) => ({
    dtype,
    shape: shape.toSpliced(answerAxes[i]!, 0, length),
  }))
  const node = new Node(scanOperator, [...initial, ...inputs, ...outsideOf(graph)], attributes, [
    ...initial,
    ...stacked,
  ])
  recurrences.set(node, { body, course })
  return node.outputs
}

/** What a body reads from outside: the tensors on the border of what depends on its inputs. */
function outsideOf({ inputs, outputs }: Subgraph): Tensor[] {
  const inner = new Set(inputs.map(({ node }) => node))
  const outside = new Set<Tensor>()
  for (const node of topologicalOrder(outputs)) {
    if (!node.inputs.some(input => input && inner.has(input.node))) continue
    inner.add(node)
    for (const input of node.inputs) if (input && !inner.has(input.node)) outside.add(input)
  }
  for (const output of outputs) if (!inner.has(output.node)) outside.add(output)
  return [...outside].filter(({ node }) => node.operator.name !== 'Constant')
}

function scanGradient(node: Node, received: readonly (Tensor | undefined)[]): readonly (Tensor | undefined)[] {
  const { body, course } = recurrences.get(node)!
  const { states, slices, next, answers } = body
  const inputs = node.inputs as readonly Tensor[]
  const [initial, cut] = [inputs.slice(0, states.length), inputs.slice(states.length, states.length + slices.length)]
  const outside = inputs.slice(states.length + slices.length)
  const moving = (list: readonly Tensor[]) => list.filter(({ dtype }) => isFloat(dtype))

  const answered = answers.flatMap((answer, i) => {
    const gradient = received[states.length + i]
    return gradient ? [{ answer, gradient, axis: course.answerAxes[i]!, slice: slot(answer) }] : []
  })
  const handed = moving(states).map(slot)
  const sums = moving(outside).map(slot)
  const targets = [...moving(states), ...moving(slices), ...moving(outside)]
  const products = vjp(
    [...moving(next), ...answered.map(({ answer }) => answer)],
    targets,
    [...handed, ...answered.map(({ slice }) => slice)],
    new Set(targets.map(target => target.node)),
  )
  const toStates = products.slice(0, handed.length)
  const toSlices = products.slice(handed.length, handed.length + moving(slices).length)
  const toOutside = products.slice(handed.length + toSlices.length)

  const read = new Set(topologicalOrder(products))
  const kept = states.flatMap((state, i) => (read.has(state.node) ? [i] : []))
  const before = kept.length === 0 ? [] : statesBefore(node, kept)
  const scanned = [
    ...kept.map((i, k) => ({ slice: states[i]!, value: before[k]!.value, axis: before[k]!.axis })),
    ...slices.flatMap((slice, i) => (read.has(slice.node) ? [{ slice, value: cut[i]!, axis: course.axes[i]! }] : [])),
    ...answered.map(({ slice, gradient, axis }) => ({ slice, value: gradient, axis })),
  ]
  if (scanned.length === 0) scanned.push({ slice: slices[0]!, value: cut[0]!, axis: course.axes[0]! })
  const from = states.flatMap((state, i) => (isFloat(state.dtype) ? [received[i] ?? initial[i]!.zerosLike()] : []))
  const results = scanNode(
    {
      states: [...handed, ...sums],
      slices: scanned.map(({ slice }) => slice),
      next: [...toStates, ...sums.map((sum, i) => sum.add(toOutside[i]!))],
      answers: toSlices,
    },
    [...from, ...moving(outside).map(each => each.zerosLike())],
    scanned.map(({ value }) => value),
    {
      axes: scanned.map(({ axis }) => axis),
      answerAxes: course.axes.filter((_, i) => isFloat(slices[i]!.dtype)),
      length: course.length,
      reverse: !course.reverse,
    },
  )
  const ordered = [...results.slice(0, handed.length), ...results.slice(handed.length + sums.length)]
  const gradients = [...ordered, ...results.slice(handed.length, handed.length + sums.length)]
  return inputs.map(({ dtype }) => (isFloat(dtype) ? gradients.shift() : undefined))
}

/** The states with which each step began, stacked; the recurrence is run once more where it did not stack them. */
function statesBefore(node: Node, wanted: readonly number[]): { value: Tensor; axis: number }[] {
  const { body, course } = recurrences.get(node)!
  const { states, slices, next, answers } = body
  const inputs = node.inputs as readonly Tensor[]
  const missing = wanted.map(i => next[i]!).filter(state => !answers.includes(state))
  const all = [...answers, ...missing]
  const axes = [...course.answerAxes, ...missing.map(({ rank }) => Math.min(course.axes[0]!, rank))]
  const outputs =
    missing.length === 0
      ? node.outputs
      : scanNode(
          { ...body, answers: all },
          inputs.slice(0, states.length),
          inputs.slice(states.length, states.length + slices.length),
          { ...course, answerAxes: axes },
        )
  return wanted.map(i => {
    const place = all.indexOf(next[i]!)
    const [axis, after] = [axes[place]!, outputs[states.length + place]!]
    const first = inputs[i]!.unsqueeze(axis)
    const value = course.reverse
      ? concat([after.slice(axis, 1), first], axis)
      : concat([first, after.slice(axis, 0, -1)], axis)
    return { value, axis }
  })
}
