import { option, z } from '../../../system/index.ts'
import { InterplayError } from '../../../errors/index.ts'

const widths = () => z.array(z.number().int().min(1))

/** Options of the model itself. */
const modelOptions = z.object({
  embeddingDimension: option.embeddingDimension(64),
  globalInteraction: z
    .enum(['complete', 'attention', 'cosine', 'none'])
    .default('complete')
    .describe('how all categories of a node act together'),
  localInteraction: z.boolean().default(true).describe('pairs of categories by their products'),
  globalHidden: widths().default([]).describe('hidden layers behind the global interaction'),
  localHidden: widths().default([64]).describe('hidden layers behind the local interaction'),
  attentionWidths: widths().default([64]).describe('widths of attention layers'),
  attentionHeads: widths().default([2]).describe('heads of each attention layer'),
  probe: z.number().min(0).max(1e6).default(1).describe('weight of a category on itself: 0 mixes all alike'),
  balance: z.number().min(0).max(1).default(0.5).describe('share of the global interaction in the scores'),
  rounds: z.number().int().min(0).max(100).default(2).describe('rounds of smoothing over neighbours'),
  teleport: z.number().min(0).max(1).default(0).describe('share of a node itself in each round'),
  dropout: option.dropout(0.3),
})

export const options = modelOptions.extend({
  learningRate: z.number().positive().max(10).default(0.01).describe('step size of Adam'),
  weightDecay: z.number().min(0).max(1).default(1e-4).describe('L2 penalty on all weights'),
  epochs: z.number().int().min(1).max(9999).default(1000).describe('most passes over the graph'),
  patience: z.number().int().min(1).max(9999).default(10).describe('epochs without a lower validation loss'),
  balanced: z.boolean().default(true).describe('weigh classes against their frequency'),
  readBothWays: z.boolean().default(false).describe('take directed edges as undirected'),
})

export type CatGcnOptions = z.output<typeof modelOptions>
export type TrainedOptions = z.output<typeof options>

/** @throws InterplayError `option/conflict` */
export function checkOptions({
  globalInteraction,
  localInteraction,
  attentionWidths,
  attentionHeads,
}: CatGcnOptions): void {
  if (globalInteraction === 'none' && !localInteraction) {
    throw new InterplayError(
      'option/conflict',
      'no interaction is left: globalInteraction is none and localInteraction off',
      {
        try: '--set localInteraction=true',
      },
    )
  }
  if (
    globalInteraction === 'attention' &&
    (attentionWidths.length === 0 || attentionWidths.length !== attentionHeads.length)
  ) {
    throw new InterplayError(
      'option/conflict',
      `attentionWidths (${attentionWidths.length}) and attentionHeads (${attentionHeads.length}) must list the same layers`,
      { try: '--set attentionWidths=[64] --set attentionHeads=[2]' },
    )
  }
}
