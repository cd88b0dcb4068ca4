import { InterplayError } from '../../../errors/index.ts'
import { defineSystem, option, tasks, z } from '../../../system/index.ts'
import { pooledHeights, type GeneratorOptions } from './generator.ts'
import { Fgcnn } from './model.ts'
import { study } from './study.ts'

export const fgcnn = defineSystem({
  name: 'fgcnn',
  family: 'features',
  summary: 'makes new features of neighbouring fields by convolution',
  paper: {
    title: 'Feature Generation by Convolutional Neural Network for Click-Through Rate Prediction',
    venue: 'WWW',
    year: 2019,
  },
  task: tasks.table,
  options: z.object({
    classifier: z
      .enum(['ipnn', 'dnn', 'fm', 'deepfm', 'linear'])
      .default('ipnn')
      .describe('what learns from raw and generated features'),
    embeddingDimension: option.embeddingDimension(16),
    channels: z
      .array(z.number().int().min(1))
      .default([14, 16, 18, 20])
      .describe('channels of each convolution; none leaves the classifier alone'),
    heights: z
      .array(z.number().int().min(1))
      .default([7, 7, 7, 7])
      .describe('fields each convolution spans, odd; as many as channels'),
    pooling: z.number().int().min(2).default(2).describe('rows each pooling joins'),
    recombined: z.number().int().min(1).default(3).describe('new features a pooled row makes'),
    convolutionBatchNorm: z.boolean().default(true).describe('normalise convolutions by the batch'),
    shareEmbedding: z.boolean().default(false).describe('generate from the embedding of the classifier'),
    hidden: option.hidden([1000, 1000, 1000]),
    activation: option.activation(),
    batchNorm: option.batchNorm(false),
    dropout: option.dropout(0),
    embeddingRegularization: option.embeddingRegularization(0),
    networkRegularization: option.networkRegularization(0),
  }),
  training: ({ embeddingRegularization, networkRegularization }) => ({
    embeddingRegularization,
    networkRegularization,
  }),
  create: (options, spec) => {
    check(options, spec.fields.length)
    return new Fgcnn(spec, options)
  },
  study,
})

function check(options: GeneratorOptions, fields: number): void {
  const { channels, heights, pooling } = options
  const fault = (message: string, where: string, fix: string) =>
    new InterplayError('option/conflict', message, { where: `--set ${where}`, try: `--set ${fix}` })
  if (channels.length !== heights.length) {
    const fitting = JSON.stringify(channels.map((_, i) => heights[i] ?? heights.at(-1) ?? 3))
    const counts = `channels has ${channels.length} layers, heights ${heights.length}`
    throw fault(counts, 'channels, --set heights', `heights=${fitting}`)
  }
  const even = heights.findIndex(height => height % 2 === 0)
  if (even >= 0) {
    const fitting = JSON.stringify(heights.map(height => height + 1 - (height % 2)))
    throw fault(
      `the convolution of layer ${even + 1} spans ${heights[even]} fields: an even span shrinks the map`,
      'heights',
      `heights=${fitting}`,
    )
  }
  const before = [fields, ...pooledHeights(fields, options)]
  const short = channels.findIndex((_, i) => pooling > Math.max(before[i]!, 2))
  if (short >= 0) {
    throw fault(`layer ${short + 1} pools ${pooling} of ${before[short]} rows`, 'pooling', 'pooling=2')
  }
}
