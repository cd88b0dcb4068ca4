import { InterplayError } from '../../errors/index.ts'
import { sizeOf, spellShape, type Dimension } from '../dimension.ts'
import type { Tensor } from '../tensor.ts'

/** A tensor whose axes have letters. */
interface Lettered {
  tensor: Tensor
  letters: string
}

/**
 * Sums of products by the letters of the axes, as `einsum('bij,bjk->bik', a, b)`; without an arrow the letters that
 * occur once, sorted, are the result's. Lowered to products of matrices, pair by pair from the left, while tracing.
 */
export function einsum(equation: string, ...tensors: readonly Tensor[]): Tensor {
  const { inputs, output } = parse(equation, tensors)
  let [left, ...rest] = inputs as [Lettered, ...Lettered[]]
  while (rest.length > 0) {
    const [right, ...others] = rest as [Lettered, ...Lettered[]]
    const needed = output + others.map(({ letters }) => letters).join('')
    left = contract(left, right, needed)
    rest = others
  }
  const summed = sumOut(left, output)
  return summed.tensor.transpose([...output].map(letter => summed.letters.indexOf(letter)))
}

function parse(equation: string, tensors: readonly Tensor[]): { inputs: Lettered[]; output: string } {
  const fault = (why: string) => new InterplayError('shape/mismatch', `Einsum: '${equation}' ${why}`)
  const [left, right] = equation.replace(/\s/g, '').split('->')
  const terms = left!.split(',')
  if (!/^[a-zA-Z,]*$/.test(left! + (right ?? ''))) throw fault('has more than letters, commas and one arrow')
  if (terms.length !== tensors.length) throw fault(`takes ${terms.length} tensors, got ${tensors.length}`)
  const extents = new Map<string, Dimension>()
  const inputs = terms.map((letters, i) => {
    const { shape } = tensors[i]!
    if (letters.length !== shape.length) throw fault(`reads '${letters}' off ${spellShape(shape)}`)
    for (const [axis, letter] of [...letters].entries()) {
      const known = extents.get(letter) ?? shape[axis]!
      if (known !== shape[axis]) throw fault(`has ${letter} as ${known} and as ${shape[axis]}`)
      extents.set(letter, known)
    }
    return diagonal({ tensor: tensors[i]!, letters })
  })
  const once = [...new Set(left!.replaceAll(',', ''))].filter(letter => left!.split(letter).length === 2).sort()
  const output = right ?? once.join('')
  for (const letter of output) {
    if (!extents.has(letter) || output.split(letter).length > 2) throw fault(`cannot answer '${output}'`)
  }
  return { inputs, output }
}

/** Keeps of a letter that occurs twice the elements where both positions agree. */
function diagonal({ tensor, letters }: Lettered): Lettered {
  const first = [...letters].findIndex((letter, axis) => letters.indexOf(letter, axis + 1) >= 0)
  if (first < 0) return { tensor, letters }
  const second = letters.indexOf(letters[first]!, first + 1)
  const others = [...letters].flatMap((_, axis) => (axis === first || axis === second ? [] : [axis]))
  const square = tensor.transpose([...others, first, second])
  const extent = square.shape.at(-1)!
  if (typeof extent !== 'number')
    throw new InterplayError('shape/mismatch', `Einsum: the diagonal ${letters} needs a known extent, not ${extent}`)
  const flat = square.reshape([...square.shape.slice(0, -2), extent * extent])
  const line = flat.slice(-1, 0, undefined, extent + 1)
  return diagonal({ tensor: line, letters: others.map(axis => letters[axis]).join('') + letters[first] })
}

/** Sums over the letters that nothing needs any more. */
function sumOut({ tensor, letters }: Lettered, needed: string): Lettered {
  const axes = [...letters].flatMap((letter, axis) => (needed.includes(letter) ? [] : [axis]))
  const kept = [...letters].filter(letter => needed.includes(letter)).join('')
  return { tensor: axes.length > 0 ? tensor.sum(axes) : tensor, letters: kept }
}

/** One product of matrices: shared letters that are needed are its batch, those that are not are summed over. */
function contract(a: Lettered, b: Lettered, needed: string): Lettered {
  const left = sumOut(a, needed + b.letters)
  const right = sumOut(b, needed + a.letters)
  const shared = [...left.letters].filter(letter => right.letters.includes(letter))
  const batch = shared.filter(letter => needed.includes(letter))
  const summed = shared.filter(letter => !needed.includes(letter))
  const rows = [...left.letters].filter(letter => !shared.includes(letter))
  const columns = [...right.letters].filter(letter => !shared.includes(letter))
  const extent = (letter: string): Dimension => {
    const from = left.letters.includes(letter) ? left : right
    return from.tensor.shape[from.letters.indexOf(letter)]!
  }
  const matrix = (from: Lettered, ...groups: string[][]) => {
    const order = groups.flat().map(letter => from.letters.indexOf(letter))
    const shape = [...groups[0]!.map(extent), ...groups.slice(1).map(group => sizeOf(group.map(extent)))]
    return from.tensor.transpose(order).reshape(shape)
  }
  const product = matrix(left, batch, rows, summed).matmul(matrix(right, batch, summed, columns))
  const letters = [...batch, ...rows, ...columns]
  return { tensor: product.reshape(letters.map(extent)), letters: letters.join('') }
}
