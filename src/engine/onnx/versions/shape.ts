import { float, int, ints, without, type Conversion } from './writer.ts'

/** Axes were an attribute until version `since`. */
const axesInput =
  (since: number): Conversion =>
  (node, from, write) => {
    if (from >= since) return
    const axes = ints(node, 'axes') ?? []
    const [x] = node.inputs as [string]
    write.replace({ inputs: axes.length > 0 ? [x, write.ints(axes)] : [x], attributes: without(node, 'axes') })
  }

const slice: Conversion = (node, from, write) => {
  if (from >= 10) return
  const [x] = node.inputs as [string]
  const [starts, ends, axes] = ['starts', 'ends', 'axes'].map(name => ints(node, name))
  if (!starts || !ends) return 'without starts or ends'
  const inputs = [x, write.ints(starts), write.ints(ends), ...(axes ? [write.ints(axes)] : [])]
  write.replace({ inputs, attributes: without(node, 'starts', 'ends', 'axes') })
}

const pad: Conversion = (node, from, write) => {
  if (from >= 11) return
  const [x] = node.inputs as [string]
  const pads = ints(node, 'pads')
  if (!pads) return 'without pads'
  const value = float(node, 'value')
  const inputs = [x, write.ints(pads), ...(value === undefined ? [] : [write.scalarLike(value, x)])]
  write.replace({ inputs, attributes: without(node, 'pads', 'value') })
}

/** Sizes were an attribute until 13; parts without sizes need their number since 18. */
const split: Conversion = (node, from, write) => {
  if (from >= 18) return
  const sizes = from < 13 ? (ints(node, 'split') ?? []) : []
  const attributes = without(node, 'split')
  const [x, given] = node.inputs as [string, string | undefined]
  if (sizes.length > 0) return write.replace({ inputs: [x, write.ints(sizes)], attributes })
  if (given) return
  write.replace({ attributes: { ...attributes, num_outputs: { type: 'int', value: node.outputs.length } } })
}

const topK: Conversion = (node, from, write) => {
  if (from >= 10) return
  const k = int(node, 'k')
  if (k === undefined) return 'without k'
  write.replace({ inputs: [...node.inputs, write.ints([k])], attributes: without(node, 'k') })
}

/** Before 9 a batch axis came first, with lengths of its own. */
const scan: Conversion = (_, from) => (from < 9 ? 'in the batched form of opset 8' : undefined)

const dft: Conversion = (node, from, write) => {
  if (from >= 20) return
  const [x, length = ''] = node.inputs as [string, string?]
  const axis = write.constant({ dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(int(node, 'axis', 1))) })
  write.replace({ inputs: [x, length, axis], attributes: without(node, 'axis') })
}

export const shape: Record<string, Conversion> = {
  Squeeze: axesInput(13),
  Unsqueeze: axesInput(13),
  ReduceSum: axesInput(13),
  ReduceL1: axesInput(18),
  ReduceL2: axesInput(18),
  ReduceLogSum: axesInput(18),
  ReduceLogSumExp: axesInput(18),
  ReduceMax: axesInput(18),
  ReduceMean: axesInput(18),
  ReduceMin: axesInput(18),
  ReduceProd: axesInput(18),
  ReduceSumSquare: axesInput(18),
  Slice: slice,
  Pad: pad,
  Split: split,
  TopK: topK,
  Scan: scan,
  DFT: dft,
  Scatter: (_, __, write) => write.replace({ op: 'ScatterElements' }),
}
