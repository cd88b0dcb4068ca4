import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    exclusive: { claim: 'a tree of depth 2 tells exclusive or', expected: '= 0 of 4 rows wrong' },
    trees: {
      claim: "splits of trees for classes and for numbers are scikit-learn's, thresholds at the middle",
      expected: '= 0 on another column, thresholds <= 1e-6 apart',
      parityWith: 'scikit-learn',
    },
    boosted: {
      claim: "log loss of boosted trees of two and of three classes over xgboost's exact greedy ones",
      expected: 'within 1%',
    },
    shapley: {
      claim: 'Shapley values of a tree add up to its answer less its mean, and are the sums over all 2^10 subsets',
      expected: '<= 1e-6 each',
    },
    attention: {
      claim: 'logits and attention of the self-attention network are those of the same network in PyTorch',
      expected: '<= 1e-5',
    },
    read: {
      claim: 'coverage, precision and truth of every rule, computed again from its printed text',
      expected: '= 0 rules differ',
    },
    counterfactuals: {
      claim:
        'planted log-odds of 40 columns, 60 rows: share with a counterfactual that the model confirms; a column held fixed never changes',
      expected: '>= 0.8, = 0 changes',
    },
    nearest: {
      claim: 'there, of the nearest counterfactuals alone, the share that the model confirms',
      expected: '>= 0.8',
    },
    recall: {
      claim:
        '2,000 columns, 1,500 rows, a trained self-attention network: of 12 relevant columns, how many are among the first 30',
      expected: '>= 9 of 12',
    },
    univariate: {
      claim: 'there, ranked by the F-test of single columns, x1 and x2, which act by their product alone, are missed',
      expected: 'both below the first 30',
    },
    surrogate: {
      claim:
        'there, macro F1 to the labels of the tree on at most 30 columns is not far below the network it stands for',
      expected: '<= 0.03 below',
    },
    fidelity: { claim: 'there, the tree agrees with the network on rows neither saw', expected: '>= 0.9' },
    large: {
      claim: '20,000 columns, 5,000 rows: columns ranked, rules made, by a model that answers at once',
      expected: '< 600 s and < 6 GB',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
