import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    oracle: {
      claim:
        'with separation in two rows of a group in place of tests, all labelled graphs of 2, 3 and 4 columns are found',
      expected: '= 0 of 571 wrong',
    },
    coParents: {
      claim: 'there, when co-parents are left out as in the published code',
      expected: '= 24 of 543 wrong',
    },
    kernel: {
      claim: "p values of the kernel test are causal-learn's: alone, and given other columns",
      expected: '<= 1e-6 and <= 1e-5',
      parityWith: 'causal-learn',
    },
    g: {
      claim:
        'the G test of binary columns, empty cells among them, is that of the published code, by its degrees of freedom',
      expected: '<= 1e-9',
    },
    shuffled: {
      claim: 'binary columns whose rows are shuffled over the groups are called not identified',
      expected: '>= 18 of 20 worlds',
    },
    constant: {
      claim: 'binary columns whose mechanisms do not vary are called not identified',
      expected: '>= 18 of 20 worlds',
    },
    size: {
      claim: 'kernel test of independent columns given a third, 100 groups: share with p < 0.05',
      expected: 'in [0.02, 0.09]',
    },
    power: { claim: 'kernel test of y = x^2 + noise, 200 groups: share with p < 0.05', expected: '>= 0.9' },
    two: {
      claim: 'two numbers, 100, 200, 300 groups: share of worlds whose graph is found',
      expected: 'within 0.08 of 0.70, 0.82, 0.87',
    },
    lingam: { claim: 'there, above DirectLiNGAM on the same rows', expected: '>= 0.2 at each size' },
    many: {
      claim: 'three binary columns, 10,000 groups: normalised distance of the graph from the true one',
      expected: '<= 0.15 and below PC',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
