import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim:
        "twenty passes from the authors' state end in theirs (CP as published, Tucker with its unfolding corrected)",
      expected: '<= 1e-6',
      parityWith: 'xuangu-fang/Functional-Bayesian-Tucker-Decomposition',
    },
    exact: {
      claim:
        'one mode alone is exact Gaussian-process regression: mean, variance, log evidence, seen and unseen places',
      expected: '< 1e-8',
    },
    noise: { claim: 'smooth tensor: the deviation of the noise is found', expected: 'within 5%' },
    recovered: {
      claim: 'smooth tensor: error on values without noise over their deviation, worst seed',
      expected: '< 0.08',
    },
    bands: { claim: 'smooth tensor: 95% bands cover the noisy test values, every seed', expected: '90% to 98%' },
    cp: {
      claim: 'smooth tensor: its error is at most that of CP of the same rank, every seed',
      expected: '<= 1 times',
    },
    bins: {
      claim: 'smooth tensor: its error against ten bins a mode and Tucker by alternating least squares, mean of seeds',
      expected: '<= 0.5 times',
    },
    subspaces: {
      claim: 'smooth tensor: the least principal cosine between learned and true functions of a mode, worst seed',
      expected: '> 0.98',
    },
    linear: { claim: 'twice the distinct coordinates take this much more time to smooth', expected: '< 2.3 times' },
    centred: {
      claim: "data of mean zero that collapse from the authors' start do not from ours: noise over deviation of y",
      expected: '< 0.9',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
