import { Parameter, type Tensor } from '../../../engine/index.ts'
import { FieldEmbedding, initializers, TableModel, type TableBatch, type TableSpec } from '../../../nn/index.ts'

/** logit = sum_t <theta_t, E[h_t(x_t)]> + b: the paper's single layer. All theta_t start in one direction. */
export class SingleLayer extends TableModel {
  readonly embedding: FieldEmbedding
  /** [fields, dimension] */
  readonly theta: Parameter
  readonly bias: Parameter

  constructor(spec: TableSpec, dimension: number) {
    super()
    this.embedding = new FieldEmbedding(spec, dimension, initializers.normal(0.05))
    this.theta = new Parameter([spec.fields.length, dimension], initializers.fill(1 / Math.sqrt(dimension)))
    this.bias = new Parameter([1], initializers.zeros)
  }

  forward(batch: TableBatch): Tensor {
    return this.embedding.forward(batch).mul(this.theta).sum(2).sum(1, { keep: true }).add(this.bias)
  }
}

/** Mean angle between the rows of theta, in degrees. */
export function meanAngle(theta: ArrayLike<number>, fields: number): number {
  const dimension = theta.length / fields
  const dot = (a: number, b: number) => {
    let sum = 0
    for (let k = 0; k < dimension; k++) sum += theta[a * dimension + k]! * theta[b * dimension + k]!
    return sum
  }
  let total = 0
  for (let a = 0; a < fields; a++) {
    for (let b = a + 1; b < fields; b++) {
      const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
      total += (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI
    }
  }
  return total / ((fields * (fields - 1)) / 2)
}
