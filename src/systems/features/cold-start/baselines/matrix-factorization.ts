import { NegativeSampler, type Interactions } from '../../../../data/index.ts'
import { Random } from '../../../../random/index.ts'
import type { CaseScorer } from '../rank.ts'

export interface FactorOptions {
  width: number
  epochs: number
  learningRate: number
  l2: number
  seed: number
}

/**
 * Matrix factorisation by pairs (BPR, Rendle et al. 2009): sigmoid(x_ui - x_uj) of a chosen and a drawn item, x = u . v + b, by
 * stochastic gradient descent. A stranger is the mean of the users that taught.
 */
export function matrixFactorization(data: Interactions, train: Int32Array, options: FactorOptions): CaseScorer {
  const { width, epochs, learningRate, l2, seed } = options
  const random = new Random(seed, 'matrix factorisation')
  const [userCount, itemCount] = [data.users.names.length, data.items.names.length]
  const small = (length: number) => Float64Array.from({ length }, () => 0.1 * random.normal())
  const [user, item, bias] = [small(userCount * width), small(itemCount * width), new Float64Array(itemCount)]
  const who = train.map(i => data.events!.user[i]!)
  const what = train.map(i => data.events!.item[i]!)
  const sampler = new NegativeSampler(who, what, userCount, itemCount, 0)
  const score = (u: number, i: number) => dot(user, u * width, item, i * width, width) + bias[i]!
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const at of random.permutation(train.length)) {
      const [u, i] = [who[at]!, what[at]!]
      const j = sampler.draw(u, random)
      const slope = learningRate / (1 + Math.exp(score(u, i) - score(u, j)))
      const decay = learningRate * l2
      for (let k = 0; k < width; k++) {
        const [a, b, c] = [u * width + k, i * width + k, j * width + k]
        const [x, y, z] = [user[a]!, item[b]!, item[c]!]
        user[a] = x + slope * (y - z) - decay * x
        item[b] = y + slope * x - decay * y
        item[c] = z - slope * x - decay * z
      }
      bias[i]! += slope - decay * bias[i]!
      bias[j]! -= slope + decay * bias[j]!
    }
  }
  const taught = new Set(who)
  const stranger = new Float64Array(width)
  for (const u of taught) for (let k = 0; k < width; k++) stranger[k]! += user[u * width + k]! / taught.size
  return async (cases, items) =>
    Float64Array.from({ length: cases.length * items }, (_, at) => {
      const [who, i] = [cases[Math.floor(at / items)]!.user, at % items]
      return taught.has(who) ? score(who, i) : dot(stranger, 0, item, i * width, width) + bias[i]!
    })
}

function dot(a: Float64Array, from: number, b: Float64Array, start: number, width: number): number {
  let sum = 0
  for (let k = 0; k < width; k++) sum += a[from + k]! * b[start + k]!
  return sum
}
