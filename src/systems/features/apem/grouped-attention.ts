import { constant, type Tensor } from '../../../engine/index.ts'
import type { SetAttention } from '../../../nn/index.ts'

/**
 * Set attention within groups that share their tokens: the members of group g are s_fg x_f. Projections being linear,
 * W (s x) = s (W x), a token is projected once instead of once a group, and the columns of one product are groups, heads and
 * inducing points together, in this order.
 */
export interface Groups {
  /** [B, fields, d] */
  tokens: Tensor
  /** [fields, groups] */
  membership: Tensor
  heads: number
  /** Inducing points of a group. */
  points: number
}

/** Added before the logarithm of a membership, so that none is minus infinity. */
const least = 1e-6

/**
 * Inducing points [groups, points, d] hear the members of their group: [B, groups, points, d]. A field that hardly belongs to
 * a group is hardly heard there.
 */
export function gathered(block: SetAttention, inducing: Tensor, of: Groups): Tensor {
  const { tokens, membership, points, heads } = of
  const [groups, width] = [membership.shape[1] as number, tokens.shape[2] as number]
  const queries = block.query.forward(inducing)
  const asked = byHead(queries, heads)
    .reshape([-1, width])
    .mul(1 / Math.sqrt(width))
  const shares = perColumn(membership, heads * points).transpose([1, 0])
  const offset = asked.matmul(block.key.bias!).unsqueeze(1).add(shares.add(least).log())
  const scores = asked.matmul(block.key.weight).matmul(tokens, { transposeB: true })
  const weights = scores.mul(shares).add(offset).softmax(-1)
  const heard = block.value.forward(weights.mul(shares).matmul(tokens)).reshape([-1, groups, heads, points, width])
  return block.finish(queries.add(heard.mul(headMask(heads, width)).sum(2)))
}

/**
 * The members of every group hear its inducing points, [B, groups, points, d]; a field gets back what it heard in all groups,
 * by its membership: [B, fields, d].
 */
export function spread(block: SetAttention, inducing: Tensor, of: Groups): Tensor {
  const { tokens, membership, points, heads } = of
  const [fields, groups] = membership.shape as [number, number]
  const width = tokens.shape[2] as number
  const bias = block.query.bias!
  const columns = groups * heads * points
  const [beside, shares] = [besides(groups, width), perColumn(membership, width)]
  const projected = tokens.linear(block.query.weight)
  const queries = tokens.matmul(block.query.weight.transpose([1, 0]).matmul(beside)).mul(shares)
  const asked = byHead(block.key.forward(inducing), heads)
    .reshape([-1, columns, width])
    .mul(1 / Math.sqrt(width))
  const scores = projected.matmul(asked, { transposeB: true }).mul(perColumn(membership, heads * points))
  const weights = scores
    .add(asked.matmul(bias).unsqueeze(1))
    .reshape([-1, fields, groups * heads, points])
    .softmax(-1)
    .reshape([-1, fields, columns])
  /** Weights of a head add up to 1, so that what is added to all values is added to what is found. */
  const values = block.value.forward(inducing).add(bias)
  const placed = values
    .reshape([-1, groups, 1, points, width])
    .matmul(places(groups, heads, width))
    .reshape([-1, columns, groups * width])
  const heard = block.finish(queries.add(weights.matmul(placed)).reshape([-1, fields, groups, width]))
  return heard
    .reshape([-1, fields, groups * width])
    .mul(shares)
    .matmul(beside, { transposeB: true })
}

/** [..., points, d] to [..., heads, points, d], each head with its own part of the width, the rest 0. */
const byHead = (x: Tensor, heads: number): Tensor => x.unsqueeze(-3).mul(headMask(heads, x.shape.at(-1) as number))

/** Membership [fields, groups] as [fields, groups * each]. */
const perColumn = (membership: Tensor, each: number): Tensor =>
  membership
    .unsqueeze(2)
    .mul(constant(new Float32Array(each).fill(1), [each]))
    .flatten()

/** [width, groups * width]: as many unit matrices. A product with it copies or adds up, faster than the runtime's own kernels on short rows. */
const besides = (groups: number, width: number): Tensor =>
  constant(
    Float32Array.from({ length: width * groups * width }, (_, i) =>
      Number(Math.floor(i / (groups * width)) === i % width),
    ),
    [width, groups * width],
  )

/** [heads, 1, width]: 1 where a dimension is a head's. */
const headMask = (heads: number, width: number): Tensor =>
  constant(
    Float32Array.from({ length: heads * width }, (_, i) =>
      Number(isOf(Math.floor(i / width), i % width, heads, width)),
    ),
    [heads, 1, width],
  )

/** [groups, heads, width, groups * width]: puts a head's part of the width where its group has it. */
function places(groups: number, heads: number, width: number): Tensor {
  const place = new Float32Array(groups * heads * width * groups * width)
  for (let g = 0; g < groups; g++)
    for (let h = 0; h < heads; h++)
      for (let d = 0; d < width; d++)
        place[((g * heads + h) * width + d) * groups * width + g * width + d] = Number(isOf(h, d, heads, width))
  return constant(place, [groups, heads, width, groups * width])
}

const isOf = (head: number, dimension: number, heads: number, width: number): boolean =>
  Math.floor((dimension * heads) / width) === head
