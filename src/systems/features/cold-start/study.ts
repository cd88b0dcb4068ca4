import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: 'scores, both contrastive losses and gradients of an independent reference',
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: 'an independent reference in PyTorch',
    },
    metrics: {
      claim: 'a target at rank 3 of 100: hit rate 1, NDCG 0.5, MRR 1/3; all scores tied: what chance gives',
      expected: '<= 1e-12',
    },
    weights: { claim: 'weights of the fields of a side average 1, softmax and sparsemax', expected: '<= 1e-5' },
    leak: { claim: 'edited choices of a held-out user change no score of a stranger', expected: '= 0' },
    negatives: { claim: 'negatives that their user chose in training, of 20,000 drawn', expected: '= 0' },
    autorec: {
      claim: 'AutoRec, linear: distance from the truncated SVD, four units on a 30 x 20 matrix',
      expected: '<= 1e-3',
    },
    cold: {
      claim:
        'cold users: HR, NDCG, MRR and recall above matrix factorisation, boosted trees, DeepFM and AutoRec, mean of 5 seeds',
      expected: 'all 16 > 0',
    },
    factorised: {
      claim: 'matrix factorisation of a stranger is popularity or below: NDCG above it, mean of 5 seeds',
      expected: '<= 0.01',
    },
    modules: {
      claim: 'cold users: NDCG above that without selection, gate, contrast, mean of 5 seeds',
      expected: 'all > 0',
    },
    demographic: {
      claim: 'cold users: NDCG above popularity within each occupation, mean of 5 seeds',
      expected: '> 0',
    },
    neighbours: {
      claim: 'cold users: NDCG above what users of the most alike attributes chose, mean of 5 seeds',
      expected: '> 0',
    },
    warm: { claim: 'warm users: NDCG against DeepFM, relative, mean of 5 seeds', expected: '>= -2%' },
    support: { claim: 'NDCG rises with 0, 1, 3, 5 shown choices, mean of 5 seeds', expected: 'rising' },
    recovery: {
      claim: 'the attribute that drives tastes weighs most of the user fields: share of cold users',
      expected: '> 0.8',
    },
    rate: {
      claim: 'of the rates 1e-4 to 1e-2 a middle one gives the best validation NDCG',
      expected: '3e-4, 1e-3 or 3e-3',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
