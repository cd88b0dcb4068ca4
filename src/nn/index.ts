export { Module, countParameters, trainable } from './module.ts'
export { entmax } from './entmax.ts'
export { Mode } from './mode.ts'
export * as initializers from './initializers.ts'
export { adapted, withAdapters, type Adapter } from './layers/adapters.ts'
export {
  Attention,
  multiHeadAttention,
  joinHeads,
  splitHeads,
  type AttentionLayerOptions,
  type AttentionOptions,
} from './layers/attention.ts'
export { Convolution, type ConvolutionOptions } from './layers/convolution.ts'
export { convolve4d } from './layers/convolution4d.ts'
export { Embedding, type EmbeddingOptions } from './layers/embedding.ts'
export { GroupNorm } from './layers/group-norm.ts'
export { fanInLinear, Linear, type LinearOptions } from './layers/linear.ts'
export { addLowRank, LowRankAdapter, withLowRanks, type AdapterHost, type ScaledAdapter } from './layers/low-rank.ts'
export { activations, MultilayerPerceptron, type Activation, type MultilayerPerceptronOptions } from './layers/mlp.ts'
export { BatchNorm, LayerNorm } from './layers/normalization.ts'
export { PairPerceptron, type PairPerceptronOptions } from './layers/pairs.ts'
export { sinusoidalEmbedding, sinusoidalPositions } from './layers/positions.ts'
export { propagate, sparseProduct, type SparseMatrix } from './layers/propagation.ts'
export { Gru, Lstm, type RecurrentOptions } from './layers/recurrent.ts'
export { Prelu } from './layers/prelu.ts'
export { RmsNorm } from './layers/rms-norm.ts'
export { SetAttention, type SetAttentionOptions } from './layers/set-attention.ts'
export { SelfAttention, type SelfAttentionOptions } from './layers/self-attention.ts'
export { besideEach, TargetAttention, type TargetAttentionOptions } from './layers/target-attention.ts'
export { TransformerBlock, type TransformerOptions } from './layers/transformer-block.ts'
export { TransposedConvolution, type TransposedConvolutionOptions } from './layers/transposed-convolution.ts'
export { causalBias, Gpt, type GptOptions } from './networks/gpt.ts'
export { ResidualNetwork, type ResidualNetworkOptions } from './networks/residual-network.ts'
export { ConvolutionBlock, VggFeatures, type VggOptions } from './networks/vgg.ts'
export { VisionTransformer, type VisionTransformerOptions } from './networks/vision-transformer.ts'
export { inBatchInfoNce, infoNce, rolled, unit, type InBatchOptions, type InfoNceOptions } from './contrastive.ts'
export { binaryCrossEntropy, meanSquaredError, softmaxCrossEntropy } from './losses.ts'
export { Adagrad } from './optimizers/adagrad.ts'
export { Adam, type AdamOptions } from './optimizers/adam.ts'
export { GradientAccumulation } from './optimizers/accumulation.ts'
export { Ftrl, type FtrlOptions } from './optimizers/ftrl.ts'
export {
  clipGlobalNorm,
  gradientsOf,
  largeTable,
  movesByRow,
  Optimizer,
  perStep,
  swapAverages,
  type Movable,
  type ParameterGroup,
  type StepOptions,
} from './optimizers/optimizer.ts'
export { Sgd } from './optimizers/sgd.ts'
export type { EmbeddingPlan, FieldSpec, TableSpec, TargetSpec } from './fields/spec.ts'
export { batchInputs, batchOf, fieldsOf, outputWidth, TableModel, type TableBatch } from './fields/batch.ts'
export { FieldEmbedding, stacked, type FurtherIds } from './fields/embedding.ts'
export { FirstOrder, pairwiseSum } from './fields/first-order.ts'
export { innerProducts } from './fields/inner-products.ts'
export { compositionOf, type Composition } from './fields/composition.ts'
export { SqueezeExcitation } from './fields/squeeze-excitation.ts'
export { collisions, sharedRows, type HashedPlan } from './fields/shared-rows.ts'
export { selectColumns, selectFields } from './fields/select.ts'
export { ddim, samplingSteps, type DdimOptions, type SamplingOptions, type SamplingStep } from './diffusion/ddim.ts'
export {
  minSnrWeights,
  noised,
  noiseSchedule,
  velocity,
  type NoiseSchedule,
  type ScheduleKind,
} from './diffusion/schedule.ts'
export { SpatialTransformer } from './diffusion/spatial-transformer.ts'
export { UNet, type UNetOptions } from './diffusion/unet.ts'
export { TextEncoder, type TextEncoderOptions } from './text/text-encoder.ts'
