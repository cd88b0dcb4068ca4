import { einsum } from '../einsum.ts'
import { float32, input } from '../../tensor.ts'
import type { Jax, JaxArray, OperatorRecord, Values } from './record.ts'
import { element, floats, indices, symbolic, tabulate } from './values.ts'

const extents: Record<string, number> = { b: 3, c: 2, i: 4, j: 3, k: 2, l: 5 }

/** The sum over every value of every letter that the result does not have. */
function summed(equation: string, inputs: readonly Values[]): Values {
  const [left, output] = equation.split('->') as [string, string]
  const terms = left.split(',')
  const rest = [...new Set(left.replaceAll(',', ''))].filter(letter => !output.includes(letter))
  return tabulate(
    [...output].map(letter => extents[letter]!),
    index => {
      let total = 0
      for (const inner of indices(rest.map(letter => extents[letter]!))) {
        const at = (letter: string) =>
          output.includes(letter) ? index[output.indexOf(letter)]! : inner[rest.indexOf(letter)]!
        total += terms.reduce((product, letters, t) => product * element(inputs[t]!, [...letters].map(at)), 1)
      }
      return total
    },
  )
}

/** The same in jax-js, by one product over all letters (its own einsum needs a newer Node). */
function summedByJax(np: Jax['np'], equation: string, arrays: JaxArray[]): JaxArray {
  const [left, output] = equation.split('->') as [string, string]
  const letters = [...output, ...new Set([...left].filter(letter => letter !== ',' && !output.includes(letter)))]
  const spread = left.split(',').map((own, t) => {
    const order = letters.flatMap(letter => (own.includes(letter) ? [own.indexOf(letter)] : []))
    const shape = letters.map(letter => (own.includes(letter) ? extents[letter]! : 1))
    return np.reshape(np.transpose(arrays[t]!, order), shape)
  })
  const axes = letters.flatMap((_, axis) => (axis < output.length ? [] : [axis]))
  const whole = spread.reduce((product, array) => np.multiply(product, array))
  return axes.length > 0 ? np.sum(whole, axes) : whole
}

const equations = [
  'ij,jk->ik',
  'bij,bjk->bik',
  'bi,bj->bij',
  'bij->bji',
  'bij->j',
  'i,i->',
  'bic,lc,ij->bjl',
  'ij,j->i',
  'bijc,bklc->bikjl',
  'bi,bi->b',
]

export const einsumRecords: readonly OperatorRecord[] = [
  {
    name: 'einsum',
    samples: random => [
      ...equations.map((equation, e) => {
        const inputs = equation
          .split('->')[0]!
          .split(',')
          .map(letters => {
            const values = floats(
              random,
              [...letters].map(letter => extents[letter]!),
            )
            return e % 2 === 1 && letters[0] === 'b' ? symbolic(values, ['batch']) : values
          })
        return {
          inputs,
          build: (...leaves: Parameters<typeof einsum>[1][]) => einsum(equation, ...leaves),
          expected: summed(equation, inputs),
          jax: ({ np }, ...arrays) => summedByJax(np, equation, arrays),
        } satisfies ReturnType<OperatorRecord['samples']>[number]
      }),
      ...[floats(random, [3, 4, 4])].map(x => ({
        inputs: [x],
        build: (leaf: Parameters<typeof einsum>[1]) => einsum('bii->b', leaf),
        expected: tabulate([3], ([b]) => [0, 1, 2, 3].reduce((sum, i) => sum + element(x, [b!, i, i]), 0)),
      })),
    ],
    refusals: [
      {
        build: () => einsum('ij,jk->ik', input('a', float32([2, 3])), input('b', float32([4, 2]))),
        message: "Einsum: 'ij,jk->ik' has j as 3 and as 4",
      },
      {
        build: () => einsum('ij->i', input('a', float32([2]))),
        message: "Einsum: 'ij->i' reads 'ij' off [2]",
      },
      {
        build: () => einsum('ij', input('a', float32([2, 2])), input('b', float32([2]))),
        message: "Einsum: 'ij' takes 1 tensors, got 2",
      },
    ],
  },
]
