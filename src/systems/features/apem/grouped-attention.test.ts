import { expect, it } from 'vitest'
import { compile, float32, grad, State, type Tensor } from '../../../engine/index.ts'
import { SetAttention } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { gathered, spread, type Groups } from './grouped-attention.ts'

const [batch, fields, groups, points, width] = [3, 5, 3, 2, 8]

/** The same in the words of the method: members made, one set a group, attention between sets. */
function plain(gather: SetAttention, back: SetAttention, inducing: Tensor, { tokens, membership, heads }: Groups) {
  const shares = membership.transpose([1, 0])
  const members = tokens.unsqueeze(1).mul(shares.unsqueeze(2)).reshape([-1, fields, width])
  const perRow = (x: Tensor) => tokens.mean([1, 2]).mul(0).reshape([-1, 1, 1, 1]).add(x)
  const own = perRow(inducing).reshape([-1, points, width])
  const bias = perRow(shares.add(1e-6).log().unsqueeze(1)).reshape([-1, 1, 1, fields])
  const heard = back.forward(members, gather.forward(own, members, { heads, bias }), { heads })
  return heard.reshape([-1, groups, fields, width]).mul(shares.unsqueeze(2)).sum(1)
}

it.each([1, 2, 4])('attention within groups is that of %i heads to sets of members', async heads => {
  const [gather, back] = [new SetAttention(width), new SetAttention(width)]
  const state = new State({ gather, back }, 1)
  const parameters = [gather, back].flatMap(block => [...block.parameters()].map(([, parameter]) => parameter))
  await using program = compile({
    inputs: {
      tokens: float32(['batch', fields, width]),
      logits: float32([fields, groups]),
      inducing: float32([groups, points, width]),
      weights: float32(['batch', fields, width]),
    },
    state,
    threads: 1,
    trace: ({ tokens, logits, inducing, weights }) => {
      const of = { tokens, membership: logits.softmax(-1), heads, points }
      const ways = { ours: spread(back, gathered(gather, inducing, of), of), plain: plain(gather, back, inducing, of) }
      const outputs = Object.entries(ways).flatMap(([way, y]) => [
        [way, y] as const,
        ...grad(y.mul(weights).sum(), [tokens, logits, inducing, ...parameters]).map(
          (gradient, i) => [`${way} ${i}`, gradient] as const,
        ),
      ])
      return { outputs: Object.fromEntries(outputs) }
    },
  })
  const random = new Random(1, 'grouped attention')
  const drawn = (count: number) => Float32Array.from({ length: count }, () => random.normal())
  const found: Record<string, { data: ArrayLike<unknown> }> = await program.run({
    tokens: drawn(batch * fields * width),
    logits: drawn(fields * groups),
    inducing: drawn(groups * points * width),
    weights: drawn(batch * fields * width),
  })
  const names = Object.keys(found).filter(name => name.startsWith('ours'))
  expect(names).toHaveLength(4 + parameters.length)
  for (const name of names) {
    const [own, other] = [name, name.replace('ours', 'plain')].map(key => Array.from(found[key]!.data, Number))
    const size = Math.max(...other!.map(Math.abs), 1)
    own!.forEach((value, i) => expect(Math.abs(value - other![i]!) / size, `${name} at ${i}`).toBeLessThanOrEqual(1e-5))
  }
})
