import { isInterplayError } from '../../../errors/index.ts'
import { sameShape } from '../../dimension.ts'
import { where } from '../../ops/elementwise.ts'
import type { OnnxTensor } from '../codec.ts'
import { hostTensor, Unread, type Reader } from './reading.ts'
import { constant, type Tensor } from '../../tensor.ts'
import type { Value } from './value.ts'

const constantNode: Reader = ({ node: { attributes } }) => {
  for (const [name, attribute] of Object.entries(attributes)) {
    if (name === 'value' && attribute.type === 'tensor') return constantOf(attribute.value)
    if (name === 'value_float' && attribute.type === 'float') return constant(attribute.value)
    if (name === 'value_floats' && attribute.type === 'floats') return constant(attribute.value)
    if (name === 'value_int' && attribute.type === 'int') return constant(attribute.value, [], 'int64')
    if (name === 'value_ints' && attribute.type === 'ints') {
      return constant(attribute.value, [attribute.value.length], 'int64')
    }
  }
  throw new Unread(`of ${Object.keys(attributes).join(', ') || 'nothing'}`)
}

function constantOf(value: OnnxTensor): Tensor {
  const { data, dims, dtype } = hostTensor(value)
  return constant(data, dims, dtype)
}

const undecided = 'whose condition is known only when it runs and whose branches differ in shape'

/** A branch that is computed even when it is not taken must fit the inputs. */
function fitting<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw isInterplayError(error) && error.code === 'shape/mismatch' ? new Unread(undecided) : error
  }
}

/** A branch known while reading is read in place; else both are computed, and the condition chooses of equal shapes. */
const branch: Reader = node => {
  const condition = node.value(0)
  const [taken] = condition.numbers ?? []
  const read = (name: string) => node.around.inline(node.graph(name), [])
  if (taken !== undefined) return read(taken !== 0 ? 'then_branch' : 'else_branch')
  const [then, otherwise] = ['then_branch', 'else_branch'].map(name => fitting(() => read(name))) as [Value[], Value[]]
  const scalar = condition.tensor.reshape([])
  return then.map((value, i) => {
    const other = otherwise[i]
    if (!other || value.dtype !== other.dtype || !sameShape(value.shape, other.shape)) {
      throw new Unread(undecided)
    }
    return where(scalar, value.tensor, other.tensor)
  })
}

export const control: Record<string, Reader> = { Constant: constantNode, If: branch }
