import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    halo: {
      claim: 'x1 + x2 + x1 x2 on one row: losses at the even split, by the greedy search and by the exact roots',
      expected: '<= 1e-4 and <= 1e-8 from 0.188975910, 0.00015625, 0.211336590, 0.00015625',
    },
    permutation: {
      claim: 'rises of the squared error and FIS of three functions of normal inputs: twice the total variances',
      expected: 'within 2% of the joint rise',
    },
    search: {
      claim: "dials of the greedy search match the authors' code",
      expected: '<= 1e-6',
      parityWith: "the authors' code",
    },
    inside: {
      claim: 'every model told to be as good is, when its loss is computed again from its dials',
      expected: '= 0 worse, losses <= 1e-6 apart',
    },
    context: { claim: 'F1 to F4 of Archipelago: AUC of |FIS| in context', expected: '= 1.0 each' },
    shuffled: { claim: 'F1: AUC of |FIS| by permutation alone', expected: '>= 0.9' },
    disagree: {
      claim: 'x1 x2 with x4 all but a copy of x1: two networks of equal loss rank (x1, x2) and (x4, x2) differently',
      expected: 'in >= 3 of 10 seeds',
    },
    overlap: {
      claim: "there, the clouds of both networks hold each other's value for both pairs",
      expected: 'in >= 8 of 10 seeds',
    },
    compas: {
      claim: 'COMPAS, six binary columns: log loss of the logistic regression on its training rows',
      expected: '0.640 +- 0.01',
    },
    compasPrior: {
      claim: 'COMPAS: pairs with prior crimes among the five whose scores vary most between good models',
      expected: '>= 4 of 5',
    },
    compasReliance: {
      claim:
        'COMPAS: reliance on prior and on juvenile crimes, loss shuffled over loss: its least over good models beside the own of every other field',
      expected: 'above, of both',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
