import { float, int, string, without, type Conversion } from './writer.ts'

/** Before 7, `axis` says where the second operand's dims meet the first's; since, they meet at the end. */
const broadcasting: Conversion = (node, from, write) => {
  if (from >= 7) return
  const [a, b] = node.inputs as [string, string]
  const axis = int(node, 'axis')
  const attributes = without(node, 'axis', 'broadcast', 'consumed_inputs')
  if (axis === undefined || axis < 0) return write.replace({ attributes })
  const behind = write.node('Sub', [write.node('Sub', [write.rank(a), write.ints([axis])]), write.rank(b)])
  const shape = write.node('Concat', [write.node('Shape', [b]), write.ones(behind)], {
    axis: { type: 'int', value: 0 },
  })
  write.replace({ inputs: [a, write.node('Reshape', [b, shape])], attributes })
}

/** Bounds were attributes until 11. */
const clip: Conversion = (node, from, write) => {
  if (from >= 11) return
  const [x] = node.inputs as [string]
  const bounds = ['min', 'max'].map(name => {
    const bound = float(node, name)
    return bound === undefined ? '' : write.scalarLike(bound, x)
  })
  write.replace({ inputs: [x, ...bounds], attributes: without(node, 'min', 'max', 'consumed_inputs') })
}

/** Before 7 slopes belong to the channel axis; since, they broadcast from the end. */
const prelu: Conversion = (node, from, write) => {
  if (from >= 7) return
  const [x, slope] = node.inputs as [string, string]
  const spatial = write.node('Max', [write.node('Sub', [write.rank(x), write.ints([2])]), write.ints([0])])
  const shape = write.node('Concat', [write.ints([-1]), write.ones(spatial)], { axis: { type: 'int', value: 0 } })
  write.replace({ inputs: [x, write.node('Reshape', [slope, shape])], attributes: without(node, 'consumed_inputs') })
}

/** x sigmoid(alpha x), an operator of 24. */
const swish: Conversion = (node, _, write) => {
  const [x] = node.inputs as [string]
  const alpha = float(node, 'alpha', 1)
  const scaled = alpha === 1 ? x : write.node('Mul', [x, write.scalarLike(alpha, x)])
  write.replace({ op: 'Mul', inputs: [x, write.node('Sigmoid', [scaled])], attributes: {} })
}

/** `round_mode` (24) concerns casts to float8e8m0 alone. */
const cast: Conversion = (node, from, write) => {
  if (from >= 24) write.replace({ attributes: without(node, 'round_mode') })
}

const dequantize: Conversion = (node, from, write) => {
  if (from < 23) return
  const type = int(node, 'output_dtype', 0)
  const attributes = without(node, 'output_dtype')
  if (type === 0) return write.replace({ attributes })
  const values = write.node('DequantizeLinear', node.inputs, attributes)
  write.replace({ op: 'Cast', inputs: [values], attributes: { to: { type: 'int', value: type } } })
}

const quantize: Conversion = (node, from, write) => {
  if (from >= 23) write.replace({ attributes: without(node, 'precision') })
}

/** The modes were called bilinear and bicubic until 20. */
const gridSample: Conversion = (node, from, write) => {
  if (from >= 20) return
  const value = string(node, 'mode', 'bilinear').replace(/^bi/, '')
  write.replace({ attributes: { ...node.attributes, mode: { type: 'string', value } } })
}

/** Until 16 coordinates were not shifted by half a pixel. */
const roiAlign: Conversion = (node, from, write) => {
  if (from >= 16) return
  const mode = { type: 'string', value: 'output_half_pixel' } as const
  write.replace({ attributes: { ...node.attributes, coordinate_transformation_mode: mode } })
}

export const elementwise: Record<string, Conversion> = {
  Add: broadcasting,
  Sub: broadcasting,
  Mul: broadcasting,
  Div: broadcasting,
  Pow: broadcasting,
  And: broadcasting,
  Or: broadcasting,
  Xor: broadcasting,
  Equal: broadcasting,
  Greater: broadcasting,
  Less: broadcasting,
  Gemm: (node, from, write) => {
    if (from < 7) write.replace({ attributes: without(node, 'broadcast') })
  },
  Clip: clip,
  PRelu: prelu,
  Swish: swish,
  Cast: cast,
  CastLike: cast,
  DequantizeLinear: dequantize,
  QuantizeLinear: quantize,
  GridSample: gridSample,
  RoiAlign: roiAlign,
}
