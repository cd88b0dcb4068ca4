import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "logits and gradients, gates included, of the authors' four models, soft and hard",
      expected: 'logits <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
    product: { claim: 'gated FM equals the sum of m_i m_j s^2 <E_i, E_j> by hand', expected: '<= 1e-5' },
    start: { claim: 'an untouched gate is open by exactly 1: the search starts as the backbone', expected: '<= 1e-6' },
    hardening: { claim: 'at temperature 1000 gates of |c| >= 0.05 are the hard ones', expected: '<= 1e-6' },
    pruned: { claim: 'the pruned, exported model answers as the hard gated one', expected: '<= 1e-6' },
    noise: {
      claim: 'useless values in useful fields, and noise fields: test AUC above the backbone without a search, mean',
      expected: '>= -0.002',
    },
    precision: {
      claim: 'average precision of the gates for informative values, worst seed (their share is 0.2)',
      expected: '>= 0.9',
    },
    random: { claim: 'test AUC above a random selection of equal size, mean', expected: '>= 0.05' },
    frappe: {
      claim: 'Frappe: mean test AUC against DeepFM trained alike, at least 30 % of the values dropped',
      expected: '>= -0.002',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
