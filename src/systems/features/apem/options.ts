import { option, z } from '../../../system/index.ts'

const whole = (least: number, most: number) => z.number().int().min(least).max(most)

export const options = z.object({
  embeddingDimension: option.embeddingDimension(16),
  layers: whole(1, 8).default(2).describe('layers that enrich the fields'),
  groups: whole(1, 64).default(4).describe('groups that fields fall into; 1 for no grouping'),
  inducing: whole(1, 256).default(4).describe('inducing points of a group, through which its fields meet'),
  heads: whole(1, 16).default(2).describe('attention heads; divides embeddingDimension'),
  squeeze: z.boolean().default(true).describe('weigh fields by what all of them are'),
  patterns: whole(1, 64).default(4).describe('patterns that each step picks from the fields'),
  selector: z
    .enum(['softmax', 'sparsemax', 'mean'])
    .default('softmax')
    .describe('how a pattern weighs fields; mean picks nothing'),
  indicator: z
    .enum(['adaptive', 'static'])
    .default('adaptive')
    .describe("whether a step's indicator depends on the row"),
  transfer: z
    .enum(['open', 'stopped', 'none'])
    .default('open')
    .describe('what a step hears of the one before; stopped lets no gradient back'),
  chain: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe('whether each target needs the one before it; auto: where there are several and all are binary'),
  hidden: option.hidden([64, 32]),
  dropout: option.dropout(0.1),
  coolingSteps: whole(1, 10_000_000).default(1000).describe('steps in which groups sharpen'),
  sharpness: z.number().min(0).max(10).default(0.01).describe('penalty on undecided grouping once it has sharpened'),
  balance: z.number().min(0).max(10).default(0.01).describe('penalty on groups that stay empty'),
  embeddingRegularization: option.embeddingRegularization(1e-6),
  networkRegularization: option.networkRegularization(0),
})

export type ApemOptions = z.output<typeof options>
