import { option } from '../../../system/index.ts'

/** Options of a table model with one deep part; the widths of Covington et al. as the benchmark trains them. */
export const deepOptions = {
  embeddingDimension: option.embeddingDimension(10),
  hidden: option.hidden([400, 400, 400]),
  activation: option.activation(),
  batchNorm: option.batchNorm(true),
  dropout: option.dropout(0.2),
  embeddingRegularization: option.embeddingRegularization(0),
  networkRegularization: option.networkRegularization(0),
}
