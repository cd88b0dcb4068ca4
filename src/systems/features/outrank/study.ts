import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    authors: {
      claim: "the authors' corrected score and plain mutual information of 200 drawn columns",
      expected: 'within 1e-4 (theirs is in single precision)',
      parityWith: 'outrank 0.97.5',
    },
    cardinality: {
      claim:
        'signals of 75% and 55%, and one hidden in 1,000 values, rank above all noise of up to 1,000 values and an id',
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
    trees: {
      claim: 'boosted trees give noise of 1,000 values or more a greater importance than the 55% signal',
      expected: 'greater',
    },
    pairs: {
      claim: 'two fields that tell only together: nothing alone, and first of all sets together',
      expected: 'singles < 0.001, the pair first',
    },
    search: {
      claim:
        '200 columns, five of which tell alone: forward search by rank against a random order, fits to a log loss within 0.002 of the best',
      expected: '>= 3 times as many, the least of the seeds',
    },
    pairSearch: {
      claim:
        'and two pairs: the log loss of the first 20 fields and pairs that act together, by rank, above that of the planted sets, and of ten times as many sets in random order',
      expected: '<= 0.002, > 0.002',
    },
    forest: {
      claim: 'an id of random numbers stands higher by the impurity of a forest of 100 trees than by rank',
      expected: 'it does, by rank behind all planted columns',
    },
    threads: { claim: 'the same ranking on one thread and on two', expected: 'identical' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
