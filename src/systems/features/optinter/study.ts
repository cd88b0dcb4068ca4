import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim:
        "logits and gradients, alpha's included, of the authors' search net, their net in its four modes, their Poly2, IPNN, PIN",
      expected: 'logits <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
    hardening: {
      claim: 'at temperature 0.01 and gaps of alpha >= 1 the search net is the net of the chosen methods',
      expected: '<= 1e-5',
    },
    naive: { claim: 'all naive is the network on the vectors of the fields alone', expected: '<= 1e-6' },
    served: {
      claim: 'the exported graph finds every cross itself and answers as the trained net',
      expected: '<= 1e-6',
    },
    memorise: {
      claim: 'planted methods, single-level: the dense table is memorised, of 5 seeds',
      expected: '>= 4 of 5',
    },
    factorise: {
      claim: 'planted methods, single-level: the sparse pair of low rank is factorised, of 5 seeds',
      expected: '>= 4 of 5',
    },
    overMemorised: { claim: 'test AUC of the searched methods above all memorised, mean', expected: '>= 0.03' },
    best: {
      claim: 'test AUC of the searched methods above all factorised, all naive and methods drawn at random, mean',
      expected: '> 0 each',
    },
    rivals: {
      claim: 'test AUC of the searched methods above LR, FM, Poly2, IPNN, DeepFM and PIN, mean',
      expected: '> 0 each',
    },
    oracle: { claim: 'test AUC of the planted methods above the searched ones, mean', expected: '>= 0' },
    bilevel: {
      claim: 'bilevel: null pairs left out, test AUC above single-level, cross rows of all memorised; mean',
      expected: '>= 8 of 13, >= 0.005, <= 60 %',
    },
    pruned: {
      claim: 'pruned on validation: null pairs left out, test AUC above unpruned, cross rows of all memorised; mean',
      expected: '>= 8 of 13, >= 0.005, <= 60 %',
    },
    alarm: {
      claim:
        'near-unique crosses kept from 2 rows on: pairs memorised by single-level search, test AUC below the best; mean',
      expected: '>= 10 of 15, >= 0.05',
    },
    frappe: {
      claim:
        'Frappe: mean test AUC against the best of all naive, factorised and memorised, with fewer parameters than the last',
      expected: '>= -0.001',
    },
    random: { claim: 'Frappe: mean test AUC above methods drawn at random, a draw a seed', expected: '> 0' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
