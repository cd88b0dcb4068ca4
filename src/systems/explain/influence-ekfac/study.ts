import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    linear: {
      claim: 'one linear layer, squared error: influence by K-FAC is the first-order change by the dense inverse',
      expected: '<= 1e-5',
    },
    parity: {
      claim: "influences and self-influences match kronfluence's, for all four ways of keeping the curvature",
      expected: '<= 1e-4 of the largest',
      parityWith: 'kronfluence',
    },
    orthogonal: {
      claim: 'K-FAC and EK-FAC agree where the curvature is a Kronecker product',
      expected: '<= 1e-5 of the largest eigenvalue',
    },
    datamodel: {
      claim:
        'sums of influences rank the answers of networks retrained on halves of the rows better than gradient products',
      expected: 'difference of mean rank correlations, 95% interval above 0',
    },
    diagonal: { claim: 'there, EK-FAC is not below the diagonal', expected: '>= 0' },
    conjugate: {
      claim: 'there, EK-FAC is as good as conjugate gradients on the whole matrix, and a query is faster',
      expected: 'correlation at most 0.02 below, >= 10 times faster a query',
    },
    flipped: {
      claim:
        'a tenth of the labels flipped: share of them among the tenth of the rows with the greatest self-influence',
      expected: '>= 0.6',
    },
    sparse: {
      claim: 'share of all positive influence on an answer held by the top 1% of the rows, median over answers',
      expected: '>= 0.05',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
