import { defineSystem, tasks, z } from '../../../system/index.ts'
import { explanationOf } from './explanation.ts'
import { measure } from './measure.ts'
import { study } from './study.ts'
import { kinds, mixedRows, viewsOf } from './worlds.ts'

const count = (least: number, value: number, description: string) =>
  z.number().int().min(least).default(value).describe(description)

export const multimodalInteractions = defineSystem({
  name: 'multimodal-interactions',
  family: 'explain',
  summary: 'what two modalities tell of a label alone and together, without joint labels too',
  paper: {
    title: 'Multimodal Learning Without Labeled Multimodal Data: Guarantees and Applications',
    venue: 'ICLR',
    year: 2024,
    code: 'pliang279/PID',
  },
  task: tasks.views,
  options: z.object({
    clusters: count(2, 20, 'values that a modality of vectors or numbers is cut into, at most'),
    components: count(1, 5, 'principal components of vectors that are clustered'),
    resamples: count(0, 20, 'resamples of the rows, for the intervals'),
    shuffles: count(0, 20, 'shufflings of the labels, for what chance reaches'),
    apart: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('total variation by which labelled rows and pairs may differ in what they share'),
  }),
  example: () => {
    const { first, second, labels } = mixedRows(kinds.synergy, 200, 1)
    return Promise.resolve({
      data: viewsOf(first, second, labels),
      options: { clusters: 4, resamples: 2, shuffles: 2 },
    })
  },
  async explain(_, views, options, { seed, signal, progress }) {
    const onProgress = (done: number, total: number) => progress({ stage: 'resample', done, total })
    const measured = await measure(views, options, { seed, signal, progress: onProgress })
    return explanationOf(measured, views)
  },
  study,
})
