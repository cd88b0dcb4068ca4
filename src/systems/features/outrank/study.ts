import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    authors: {
      claim: "the authors' score and plain mutual information on their own small cases",
      expected: 'within 1e-6',
      parityWith: 'the published formula, by hand',
    },
    cardinality: {
      claim: 'signals of 75% and 55%, and one hidden in 1,000 values, rank above all noise of up to 1,000 values and an id',
      expected: 'strictly, noise below 0.005 nats',
    },
    plain: {
      claim: 'plain mutual information ranks noise of many values above the 55% signal',
      expected: 'it does',
    },
    false: {
      claim: 'fields that tell nothing stay within their noise',
      expected: '>= 95% of worlds without any above',
    },
    pairs: {
      claim: 'the exclusive or of two fields: nothing alone, all together, first of all pairs',
      expected: 'singles < 0.001, the pair > 0.69',
    },
    threads: { claim: 'the same ranking on one thread and on two', expected: 'identical' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
