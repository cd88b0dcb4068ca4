import type { Attribute, OnnxNode } from '../codec.ts'
import { float, string, type Conversion, type NodeWriter } from './writer.ts'

/** Until 11 output pixel i lies at i / scale, the nearest input pixel below it (above it, where the image shrinks). */
const asymmetric: Record<string, Attribute> = {
  coordinate_transformation_mode: { type: 'string', value: 'asymmetric' },
}
const nearest = (mode: 'floor' | 'ceil'): Record<string, Attribute> => ({
  ...asymmetric,
  mode: { type: 'string', value: 'nearest' },
  nearest_mode: { type: 'string', value: mode },
})

function resizeOld(node: OnnxNode, scales: string, write: NodeWriter): void {
  const values = write.known(scales).constant?.data as Float32Array | undefined
  resizeBy(node, scales, values, write)
}

/** Axes are independent: those that grow and those that shrink are resized one after the other unless known. */
function resizeBy(node: OnnxNode, scales: string, values: Float32Array | undefined, write: NodeWriter): void {
  const [x] = node.inputs as [string]
  const mode = string(node, 'mode', 'nearest')
  if (mode !== 'nearest') {
    const attributes = { ...asymmetric, mode: { type: 'string', value: 'linear' } as const }
    return write.replace({ op: 'Resize', inputs: [x, '', scales], attributes })
  }
  if (values?.every(scale => scale >= 1)) {
    return write.replace({ op: 'Resize', inputs: [x, '', scales], attributes: nearest('floor') })
  }
  if (values?.every(scale => scale <= 1)) {
    return write.replace({ op: 'Resize', inputs: [x, '', scales], attributes: nearest('ceil') })
  }
  const one = write.constant({ dtype: 'float32', dims: [], data: Float32Array.of(1) })
  const grown = write.node('Resize', [x, '', write.node('Max', [scales, one])], nearest('floor'))
  write.replace({ op: 'Resize', inputs: [grown, '', write.node('Min', [scales, one])], attributes: nearest('ceil') })
}

const upsample: Conversion = (node, from, write) => {
  if (from >= 9) return resizeOld(node, node.inputs[1]!, write)
  const attribute = node.attributes.scales
  const scales = attribute?.type === 'floats' ? attribute.value : spatialScales(node)
  if (!scales) return 'without scales'
  const data = Float32Array.from(scales)
  resizeBy(node, write.constant({ dtype: 'float32', dims: [data.length], data }), data, write)
}

/** Opset 6 had one factor for height, one for width. */
function spatialScales(node: OnnxNode): number[] | undefined {
  const [height, width] = [float(node, 'height_scale'), float(node, 'width_scale')]
  return height === undefined || width === undefined ? undefined : [1, 1, height, width]
}

const resize: Conversion = (node, from, write) => {
  if (from < 11) return resizeOld(node, node.inputs[1]!, write)
  if (from >= 13) return
  const [x, roi, scales, sizes] = node.inputs as [string, string, string, string?]
  const mode = string(node, 'coordinate_transformation_mode', 'half_pixel')
  const inputs = [x, mode === 'tf_crop_and_resize' ? roi : '', ...(sizes ? ['', sizes] : [scales])]
  if (mode !== 'tf_half_pixel_for_nn') return write.replace({ inputs })
  if (string(node, 'mode', 'nearest') !== 'nearest' || string(node, 'nearest_mode', 'round_prefer_floor') !== 'floor') {
    return 'with tf_half_pixel_for_nn beyond nearest and floor'
  }
  // floor((i + 1/2) / scale) is floor(p + 1/2) of half_pixel's p.
  const attributes: Record<string, Attribute> = {
    ...node.attributes,
    coordinate_transformation_mode: { type: 'string', value: 'half_pixel' },
    nearest_mode: { type: 'string', value: 'round_prefer_ceil' },
  }
  write.replace({ inputs, attributes })
}

export const resizing: Record<string, Conversion> = { Upsample: upsample, Resize: resize }
