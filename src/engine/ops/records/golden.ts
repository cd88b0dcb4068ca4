import type { HostTensor } from '../../dtype.ts'
import type { Safetensors } from '../../safetensors.ts'
import type { Case } from './batch.ts'
import type { Attributes, Golden, OperatorRecord, Values } from './record.ts'

const valuesOf = ({ dtype, dims, data }: HostTensor): Values => ({
  dtype: dtype === 'float64' || dtype === 'float32' ? 'float' : (dtype as 'int32'),
  shape: dims,
  data: Float64Array.from(data as Float64Array, Number),
})

/** The cases of a golden file that a record takes. */
export function goldenCases(record: OperatorRecord, golden: Golden, { tensors, metadata }: Safetensors): Case[] {
  const names = Object.keys(metadata).filter(name => name !== 'producer' && golden.cases.test(name))
  if (names.length === 0) throw new Error(`${record.name}: no case of ${golden.file} matches ${golden.cases}`)
  return names.sort().map(name => {
    const part = (kind: string) =>
      Object.entries(tensors).flatMap(([key, tensor]) =>
        key.startsWith(`${name}/${kind}/`)
          ? [[key.slice(name.length + kind.length + 2), valuesOf(tensor)] as const]
          : [],
      )
    const inputs = part('input')
    const gradients = new Map(part('gradient'))
    const cotangent = tensors[`${name}/cotangent`]
    return {
      record,
      label: `${golden.file} ${name}`,
      ...(cotangent && { cotangent: valuesOf(cotangent) }),
      gradients: inputs.map(([key]) => gradients.get(key)),
      sample: {
        inputs: inputs.map(([key, values]) => (gradients.has(key) ? values : { ...values, fixed: true })),
        expected: new Map(part('output')).get('y')!,
        build: (...leaves) =>
          golden.build(
            Object.fromEntries(inputs.map(([key], i) => [key, leaves[i]!])),
            JSON.parse(metadata[name]!) as Attributes,
            name,
          ),
      },
    }
  })
}
