import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    lightgbm: {
      claim: "grows LightGBM's trees: raw scores of a binary, a multiclass and a numeric target, and splits by field",
      expected: 'within 1e-5, the same splits',
      parityWith: 'LightGBM 4.7',
    },
    threads: { claim: 'the same trees on one and on two threads', expected: 'identical' },
    pair: {
      claim: 'finds two fields that act only together: test AUC against the truth of the world',
      expected: '>= 0.95 of it',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
