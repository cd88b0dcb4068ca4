import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    forms: {
      claim: 'maps of 4 words and 4 frames: tokens that add up, cells that add up, and the same with merged pairs',
      expected: '<= 1e-6 from 0, the cell, the cell less half of its row and column',
    },
    sampled: {
      claim: 'there, 4000 sampled coalitions against all 64, by either rule',
      expected: '< 0.02 of the range',
    },
    unanimity: { claim: 'Banzhaf interaction indices of unanimity games', expected: '<= 1e-9 from 2^-(|T|-|S|)' },
    modules: {
      claim: "the estimator, the merge of tokens and the similarity match the authors' modules",
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
    published: {
      claim: 'interactions with the weights softmaxed as the released code does match it over all coalitions',
      expected: '<= 1e-9',
    },
    estimator: {
      claim: 'held-out maps: correlation of estimated with sampled interactions, and how much faster than 1000 samples',
      expected: '>= 0.9, >= 50 times',
    },
    recall: {
      claim: 'recall at 1 over the seeds: with interactions, by tokens alone, by means',
      expected: 'with interactions >= by tokens > by means',
    },
    localisation: {
      claim: "share of a content word's row on the frames that show it: interactions less raw cosines",
      expected: '>= 0.05',
    },
    ablations: {
      claim: 'without merges, without interactions, without distillation, with a random teacher: recall at 1',
      expected: 'four numbers',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
