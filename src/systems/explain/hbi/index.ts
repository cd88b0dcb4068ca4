import { defineSystem, tasks } from '../../../system/index.ts'
import { explanationOf } from './explanation.ts'
import { fit, load, mapsOfRun } from './fitted.ts'
import { hbiOptions } from './options.ts'
import { study } from './study.ts'
import { mapOfTokens } from './tokens-as-they-are.ts'
import { corpusOf } from './worlds.ts'

export const hbi = defineSystem({
  name: 'hbi',
  family: 'explain',
  summary: 'which words and which frames find each other, as players of one game',
  paper: {
    title: 'Video-Text as Game Players: Hierarchical Banzhaf Interaction for Cross-Modal Representation Learning',
    venue: 'CVPR',
    year: 2023,
    code: 'jpthu17/HBI',
  },
  task: tasks.tokens,
  options: hbiOptions,
  example: () =>
    Promise.resolve({
      data: corpusOf(16, 1),
      options: {
        width: 8,
        layers: 1,
        heads: 2,
        ratios: [0.5],
        planes: 4,
        warmUp: 1,
        epochs: 1,
        teacherEpochs: 1,
        maps: 4,
        samples: 2,
        batch: 8,
      },
    }),
  fit,
  load,
  async explain(_, pairs, { item, rule, samples }, context) {
    const { from, seed, signal } = context
    const maps = from
      ? await mapsOfRun(from, pairs, item - 1, { rule, samples }, context)
      : [mapOfTokens(pairs, item - 1, { rule, samples, seed, signal })]
    return explanationOf(maps, pairs, item - 1)
  },
  study,
})
