import { readFileSync } from 'node:fs'
import type { HostTensor } from '../../dtype.ts'
import { decodeSafetensors } from '../../safetensors.ts'

const folder = new URL('../../../../fixtures/onnx/', import.meta.url)

export const fixturePath = (name: string): string => new URL(`${name}.onnx`, folder).pathname
export const fixtureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder)))

/** What PyTorch computed for a fixture. */
export interface Golden {
  inputs: Record<string, HostTensor>
  outputs: Record<string, HostTensor>
  cotangents: Record<string, HostTensor>
  /** Vector-Jacobian products by parameter, and by input under `input/`. */
  gradients: Record<string, HostTensor>
}

export function golden(name: string): Golden {
  const { tensors } = decodeSafetensors(readFileSync(new URL(`${name}.safetensors`, folder)))
  const under = (prefix: string) =>
    Object.fromEntries(
      Object.entries(tensors).flatMap(([key, tensor]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), tensor]] : [],
      ),
    )
  return {
    inputs: under('input/'),
    outputs: under('output/'),
    cotangents: under('cotangent/'),
    gradients: under('gradient/'),
  }
}

export interface Difference {
  /** Largest absolute difference. */
  absolute: number
  /** Norm of the difference over the norm of the reference. */
  relative: number
}

export function difference(a: HostTensor, b: HostTensor): Difference {
  if (a.dims.join() !== b.dims.join()) throw new Error(`[${a.dims}] is not [${b.dims}]`)
  const [left, right] = [a.data, b.data] as [Float32Array, Float32Array]
  let [absolute, squares, whole] = [0, 0, 0]
  for (let i = 0; i < left.length; i++) {
    const distance = Math.abs(left[i]! - right[i]!)
    absolute = distance > absolute ? distance : absolute
    squares += distance ** 2
    whole += right[i]! ** 2
    if (Number.isNaN(distance) && !Object.is(left[i], right[i])) return { absolute: Infinity, relative: Infinity }
  }
  return { absolute, relative: Math.sqrt(squares / Math.max(whole, 1e-30)) }
}
