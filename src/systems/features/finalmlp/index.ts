import { InterplayError } from '../../../errors/index.ts'
import { defineSystem, option, tasks, z, type TrainedTable } from '../../../system/index.ts'
import { FinalMlp } from './model.ts'
import { study } from './study.ts'

const streamWidths = (widths: number[], which: string) =>
  z.array(z.number().int().min(1)).min(1).default(widths).describe(`hidden widths of the ${which} stream`)

const context = (which: string) =>
  z.array(z.string()).default([]).describe(`fields that drive the ${which} stream's gate; none: one learned gate`)

export const finalmlp = defineSystem({
  name: 'finalmlp',
  family: 'features',
  summary: 'two gated views of a row, joined head by head',
  paper: {
    title: 'FinalMLP: An Enhanced Two-Stream MLP Model for CTR Prediction',
    venue: 'AAAI',
    year: 2023,
    code: 'reczoo/FinalMLP',
  },
  task: tasks.table,
  options: z.object({
    embeddingDimension: option.embeddingDimension(16),
    firstHidden: streamWidths([1024, 512], 'first'),
    secondHidden: streamWidths([1024, 512, 256], 'second'),
    firstDropout: option.dropout(0),
    secondDropout: option.dropout(0),
    activation: option.activation(),
    batchNorm: option.batchNorm(true),
    gating: z.boolean().default(true).describe('let each stream scale the embeddings it reads'),
    gateHidden: option.hidden([1024, 512]).describe('hidden widths of the gates'),
    firstContext: context('first'),
    secondContext: context('second'),
    fusion: z
      .enum(['bilinear', 'product', 'sum'])
      .default('bilinear')
      .describe('how the streams meet; sum without gating is DualMLP'),
    heads: z.number().int().min(1).default(2).describe('heads of the bilinear fusion'),
    embeddingRegularization: option.embeddingRegularization(0),
    networkRegularization: option.networkRegularization(0),
  }),
  training: ({ embeddingRegularization, networkRegularization }) => ({
    embeddingRegularization,
    networkRegularization,
  }),
  create: (options, spec) => {
    const { fusion, heads, firstHidden, secondHidden } = options
    const [n1, n2] = [firstHidden.at(-1)!, secondHidden.at(-1)!]
    const uneven = [n1 % heads !== 0 && `firstHidden's last (${n1})`, n2 % heads !== 0 && `secondHidden's last (${n2})`]
    if (fusion === 'bilinear' && uneven.some(Boolean)) {
      throw new InterplayError(
        'option/conflict',
        `heads (${heads}) must divide ${uneven.filter(Boolean).join(' and ')}`,
      )
    }
    if (fusion === 'product' && n1 !== n2) {
      throw new InterplayError('option/conflict', `fusion product needs equal widths, got ${n1} and ${n2}`)
    }
    return new FinalMlp(spec, options)
  },
  view: async (trained, rows, options) =>
    (await import('./view.ts')).streamsView(trained as TrainedTable<FinalMlp>, rows, options),
  study,
})
